# reshelve in a container: docs/containers.md says how it is used.
ARG BASE=docker.io/library/debian:bookworm-slim

FROM ${BASE} AS build
RUN apt-get update -qq && apt-get install -qq -y --no-install-recommends python3 python3-venv && rm -rf /var/lib/apt/lists/*
# PIP_OPTIONS, for a build without a network: "--no-index --find-links /wheels".
ARG PIP_OPTIONS=""
RUN python3 -m venv /opt/reshelve
COPY . /src
RUN /opt/reshelve/bin/pip install --quiet --disable-pip-version-check --no-cache-dir ${PIP_OPTIONS} "/src[media,s3,server,apprise]"

FROM ${BASE}
RUN apt-get update -qq && apt-get install -qq -y --no-install-recommends python3 ca-certificates && rm -rf /var/lib/apt/lists/* \
	&& groupadd --gid 10001 reshelve && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /config --shell /usr/sbin/nologin reshelve \
	&& mkdir /config && chown 10001:10001 /config
COPY --from=build /opt/reshelve /opt/reshelve
COPY --chmod=0755 container/entrypoint.sh /usr/local/bin/reshelve-entrypoint
# Everything that is kept lies in /config: the workspace, its runs, and what belongs to no workspace.
ENV PATH=/opt/reshelve/bin:$PATH HOME=/config XDG_STATE_HOME=/config/.state PYTHONDONTWRITEBYTECODE=1 LANG=C.UTF-8
USER 10001:10001
WORKDIR /config
VOLUME /config
HEALTHCHECK --interval=5m --timeout=1m --start-period=30s CMD ["reshelve-entrypoint", "healthcheck"]
ENTRYPOINT ["reshelve-entrypoint"]
CMD ["status"]
