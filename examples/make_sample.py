"""Make a messy downloads folder to try reshelve on: the same OUT size and seed give the same files, byte for byte.

python examples/make_sample.py OUT [--files 300] [--seed 1]
"""

import argparse
import os
import random
import sys
from collections.abc import Callable
from pathlib import Path

SHOWS = ["Quiet Harbor", "The Lamplighters", "24 Streets", "1923 Road", "Nordlys", "Mrs. Ferro & Sons", "Cold Ferry"]
FILMS = ["The Long Orchard", "Salt and Thunder", "2049 Miles", "Amélie of the North", "A Man Called Rook", "Zero Hour Café"]
ARTISTS = [("The Paper Owls", "Night Trains"), ("Björn Dahl", "Blue Room"), ("Los Altos", "Verano")]
AUTHORS = [("Ursula Hart", "The Salt Road"), ("Mark Osei", "Small Gods of the Coast")]
COMICS = [("Dana Whitlock", "Nobody Asked"), ("Bill Orton", "Raw and Alive")]
DOCUMENTARIES = ["Deep Ocean", "Inside the Volcano", "How Bridges Stand"]
EPISODES = ["Pilot", "Crossroads", "Home Again", "The 4th Wall", "Lights Out", "No Way Back"]
QUALITY = ["720p.HDTV.x264-GRP", "1080p.WEB-DL.H264-NTb", "2160p.BluRay.HEVC", "DVDRip.XviD"]
TOPS = ["", "complete", "New folder (2)", "usb backup/2019", "_unsorted"]
LANGUAGES = ["", ".en", ".pt-BR", ".de.forced", ".en.sdh"]
EPOCH = 1_600_000_000
ODD = [
    "two\nlines.txt",
    "-rf.txt",
    " leading and trailing .pdf",
    "emoji 🎬 night.mp4",
    "CON.avi",
    "what? why: because*.txt",
    os.fsdecode(b"caf\xe9 menu.pdf"),
    "cafe\u0301.txt",
    "x" * 251 + ".txt",
    "no extension",
    ".hidden",
]


class Sample:
    """Writes files below one folder, each with content of its own and a time that depends on the seed alone."""

    def __init__(self, out: Path, seed: int) -> None:
        self.out = out
        self.random = random.Random(seed)
        self.made = 0

    def file(self, rel: str, content: bytes | None = None) -> None:
        """Write one file; a name that is taken, or that this file system cannot hold, is passed over."""
        path = self.out / rel
        path.parent.mkdir(parents=True, exist_ok=True)
        body = content or f"{self.made}:{self.random.getrandbits(64):x}\n".encode() * self.random.randint(1, 40)
        try:
            with path.open("xb") as file:
                file.write(body)
        except OSError:
            return
        when = EPOCH + self.random.randrange(150_000_000)
        os.utime(path, (when, when))
        self.made += 1

    def top(self, *parts: str) -> str:
        """Return a path below one of the folders people drop things in."""
        return "/".join(part for part in (self.random.choice(TOPS), *parts) if part)

    def beside(self, stem: str) -> None:
        """Give a video what travels with it, some of the time."""
        if self.random.random() < 0.5:
            self.file(f"{stem}{self.random.choice(LANGUAGES)}.srt")
        if self.random.random() < 0.2:
            self.file(f"{stem}.nfo")
        if self.random.random() < 0.1:
            self.file(f"{stem}-thumb.jpg")


def season(sample: Sample) -> None:
    """A few episodes of one season, named in one of the ways people name them."""
    pick = sample.random
    show, number, way = pick.choice(SHOWS), pick.randint(1, 8), pick.randrange(4)
    quality, folder = pick.choice(QUALITY), sample.top(f"season pack {pick.randint(1, 99)}" if pick.random() < 0.5 else "")
    for episode in range(1, pick.randint(4, 9)):
        title = pick.choice(EPISODES)
        stem = [
            f"{show.replace(' ', '.')}.S{number:02}E{episode:02}.{title.replace(' ', '.')}.{quality}",
            f"{show} - {number}x{episode:02} - {title}",
            f"{show} (2011) - S{number:02}E{episode:02}",
            f"{show.lower().replace(' ', '_')}_s{number:02}e{episode:02}",
        ][way]
        sample.file(f"{folder}/{stem}.mkv" if folder else f"{stem}.mkv")
        sample.beside(f"{folder}/{stem}" if folder else stem)


def film(sample: Sample) -> None:
    """One film, often in a folder of its own, sometimes with a sample and extras."""
    pick = sample.random
    title, year = pick.choice(FILMS), pick.randint(1960, 2024)
    stem = pick.choice([f"{title} ({year})", f"{title.replace(' ', '.')}.{year}.{pick.choice(QUALITY)}"])
    if pick.random() < 0.5:
        sample.file(sample.top(f"{stem}.mp4"))
        return
    folder = sample.top(stem)
    sample.file(f"{folder}/{stem}.mkv")
    sample.beside(f"{folder}/{stem}")
    if pick.random() < 0.4:
        sample.file(f"{folder}/Sample/{stem.lower()}-sample.mkv")
    if pick.random() < 0.3:
        sample.file(f"{folder}/Extras/Deleted Scenes.mkv")
    if pick.random() < 0.4:
        sample.file(f"{folder}/poster.jpg")
    sample.file(f"{folder}/Thumbs.db", b"junk\n")


def music(sample: Sample) -> None:
    """One album."""
    artist, album = sample.random.choice(ARTISTS)
    for track in range(1, sample.random.randint(4, 8)):
        sample.file(f"Music/{artist}/{album}/{track:02} - Track {track}.flac")
    sample.file(f"Music/{artist}/{album}/cover.jpg")


def single(sample: Sample) -> None:
    """An audiobook, a documentary or a stand-up show."""
    pick = sample.random
    year = pick.randint(1995, 2024)
    author, book = pick.choice(AUTHORS)
    comic, show = pick.choice(COMICS)
    documentary = pick.choice(DOCUMENTARIES)
    sample.file(
        sample.top(
            pick.choice(
                [
                    f"{author} - {book} ({year}).m4b",
                    f"BBC.{documentary.replace(' ', '.')}.{year}.1080p.HDTV.mkv",
                    f"{comic} - {show} ({year}) [Stand-Up Comedy].mkv",
                ]
            )
        )
    )


def generated(sample: Sample) -> None:
    """What an image generator left behind, and clips of a camera."""
    pick = sample.random
    stamp = 1_762_400_000 + pick.randrange(1000)
    for counter in range(1, 4):
        sample.file(f"output/animatediff_{stamp}_{counter:05}.mp4")
        sample.file(f"output/portrait_{stamp}_{counter:05}_.png")
    sample.file(f"DCIM/100MEDIA/DJI_{pick.randint(1, 9999):04}.MP4")


def junk(sample: Sample) -> None:
    """Downloads that are not finished, duplicates, and what nobody asked for."""
    pick = sample.random
    sample.file(sample.top(f"{pick.choice(FILMS)} ({pick.randint(1960, 2024)}).mkv.part"))
    sample.file(sample.top(f"invoice {pick.randint(1, 999)}.pdf"))
    sample.file(sample.top(".DS_Store"), b"junk\n")
    sample.file(sample.top(f"copy {pick.randint(1, 999)}.mkv"), b"the same in every copy\n" * 20)


def make(out: Path, files: int = 300, seed: int = 1) -> int:
    """Fill `out`, new or empty, with at least `files` messy files and return how many there are. Raises FileExistsError."""
    out.mkdir(parents=True, exist_ok=True)
    if any(out.iterdir()):
        raise FileExistsError(f"{out} is not empty")
    sample = Sample(out, seed)
    for name in ODD:
        sample.file(f"odd names/{name}")
    makers: list[Callable[[Sample], None]] = [season, film, music, single, generated, junk]
    while sample.made < files:
        sample.random.choices(makers, [6, 6, 1, 3, 1, 2])[0](sample)
    target = out / "odd names/no extension"
    os.link(target, out / "odd names/second name")
    for name, text in (("shortcut", "no extension"), ("way out", "/etc/hostname")):
        link = out / "odd names" / name
        link.symlink_to(text)
        os.utime(link, (EPOCH, EPOCH), follow_symlinks=False)
    (out / "empty/inside").mkdir(parents=True)
    return sample.made + 1


def main() -> None:
    """Read the arguments, make the sample, say how many files it has."""
    parser = argparse.ArgumentParser(description="Make a messy downloads folder to try reshelve on.")
    parser.add_argument("out", type=Path)
    parser.add_argument("--files", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    try:
        print(f"{make(given.out, given.files, given.seed)} files in {given.out}")
    except OSError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
