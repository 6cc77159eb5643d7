#!/bin/sh
# What the container starts with: says what is missing, in words, before reshelve is asked for anything.
set -eu

missing() {
	printf 'reshelve: %s\n' "$@" >&2
	exit 1
}

cd /config 2>/dev/null || missing "/config is missing, or user $(id -u):$(id -g) may not enter it. It keeps the workspace and the journal." \
	"On the host: chown $(id -u):$(id -g) the folder that is mounted there, or set PUID and PGID to its owner."

case "${1:-}" in
reshelve) shift ;;
sh | bash | /*) exec "$@" ;;
esac

if ! [ -w /config ]; then
	missing "/config cannot be written by user $(id -u):$(id -g). It keeps the workspace and the journal, without which nothing can be undone." \
		"On the host: chown $(id -u):$(id -g) the folder that is mounted there, or set PUID and PGID to its owner."
fi

case "${1:-}" in
setup)
	shift
	exec reshelve init /config "$@"
	;;
healthcheck)
	[ -e /config/reshelve.yaml ] || missing "/config/reshelve.yaml is missing. Make one: docker compose run --rm reshelve setup"
	exec reshelve --quiet status
	;;
"" | -* | init | organize | help | parse | schema) ;;
*)
	if ! [ -e /config/reshelve.yaml ]; then
		missing "/config/reshelve.yaml is missing." \
			"Make one: docker compose run --rm reshelve setup" \
			"Then set the paths of its stores to folders as they are called in the container, such as /media/shows."
	fi
	;;
esac
exec reshelve "$@"
