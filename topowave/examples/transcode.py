"""Encodes a segment of a moving picture anew, as AV1 or WebP, and tells its size and quality: it computes.

Params: `segment`, which one (0); `frames`, how many it has (24); `format`, "avif" or "webp"; `quality`, 0 to
100 (50); `size` of the picture, which is generated ([320, 180]); `path` of an animated picture instead.
"""

from __future__ import annotations

import io
import math
import time
from collections.abc import Sequence
from typing import Any

try:
    from PIL import Image, ImageChops, ImageDraw, ImageStat
except ImportError:
    raise ImportError("transcode needs Pillow, which `pip install 'topowave[codec]'` brings") from None

OPTIONS: dict[str, dict[str, Any]] = {
    "avif": {"speed": 8, "max_threads": 1},  # a task holds one core
    "webp": {"method": 4},
}
"""What the encoders are told, by the format's name."""
FRAMES_MOST = 250
"""Most frames of a segment: all are in memory."""
SIDE_MOST = 1920
"""Longest side of the generated picture (pixels)."""
FRAME_MS = 40
"""How long a frame is shown (ms)."""
DISKS = 12
PERFECT_DB = 99.0
"""What is told of a picture that is not changed at all, whose ratio is infinite."""
Frames = Sequence[Image.Image]


class Transcode:
    """Decodes, encodes, decodes again and compares."""

    def run(self, params: dict[str, Any]) -> dict[str, object]:
        """Return how large the segment became (bytes), how good (PSNR, dB), and how long it took (s)."""
        segment, count = whole(params, "segment", 0, 0, 10**9), whole(params, "frames", 24, 1, FRAMES_MOST)
        quality = whole(params, "quality", 50, 0, 100)
        codec = params.get("format", "avif")
        if codec not in OPTIONS:
            raise ValueError(f"format must be one of {', '.join(OPTIONS)}, found {codec!r}")
        first = segment * count
        begun_s = time.perf_counter()
        if "path" in params:
            before = read(params["path"], first, count)
        else:
            size = two_sides(params.get("size", [320, 180]))
            before = [generated(number, size) for number in range(first, first + count)]
        decoded_s = time.perf_counter()
        data = encoded(before, codec, quality)
        encoded_s = time.perf_counter()
        after = decoded(data, len(before))
        return {
            "segment": segment,
            "frames": len(before),
            "format": codec,
            "bytes": len(data),
            "bits_per_pixel": round(8 * len(data) / sum(math.prod(frame.size) for frame in before), 3),
            "psnr_db": round(psnr_db(before, after), 2),
            "decode_s": round(decoded_s - begun_s, 3),
            "encode_s": round(encoded_s - decoded_s, 3),
        }


def whole(params: dict[str, Any], name: str, usual: int, least: int, most: int) -> int:
    """Return a parameter that is a whole number. Raises ValueError where it is none in this range."""
    value: object = params.get(name, usual)
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise ValueError(f"{name} must be a whole number from {least} to {most}, found {value!r}")
    return value


def two_sides(value: Any) -> tuple[int, int]:
    """Return the size of a picture. Raises ValueError where it is none."""
    try:
        width, height = value
        sides = {"width": width, "height": height}
    except (TypeError, ValueError):
        raise ValueError(f"size must be [width, height], found {value!r}") from None
    return whole(sides, "width", 0, 16, SIDE_MOST), whole(sides, "height", 0, 16, SIDE_MOST)


def generated(number: int, size: tuple[int, int]) -> Image.Image:
    """Return a frame of the generated picture: twelve disks that circle before a pattern that drifts."""
    width, height = size
    slope, cone = stretched(Image.linear_gradient("L"), size), stretched(Image.radial_gradient("L"), size)
    bands = slope, slope.transpose(Image.Transpose.FLIP_TOP_BOTTOM), cone
    frame = ImageChops.offset(Image.merge("RGB", bands), 3 * number, number)
    pencil = ImageDraw.Draw(frame)
    for disk in range(DISKS):
        x = width * (0.5 + 0.4 * math.sin(0.05 * number * (disk + 1) + disk))
        y = height * (0.5 + 0.4 * math.cos(0.04 * number * (disk + 2) + disk))
        radius = height * (disk + 4) / 90
        colour = (20 * disk, 255 - 20 * disk, 90 * disk % 256)
        pencil.ellipse((x - radius, y - radius, x + radius, y + radius), fill=colour)
    return frame


def stretched(picture: Image.Image, size: tuple[int, int]) -> Image.Image:
    """Return a picture as large as that."""
    return picture.transform(size, Image.Transform.EXTENT, (0, 0, *picture.size), Image.Resampling.BILINEAR)


def read(source: str | io.BytesIO, first: int, count: int) -> Frames:
    """Return frames of an animated picture, fewer where it ends. Raises ValueError where there are none."""
    with Image.open(source) as picture:
        there: int = getattr(picture, "n_frames", 1)
        if first >= there:
            raise ValueError(f"the picture has {there} frames, and this segment would begin after {first}")
        frames: list[Image.Image] = []
        for number in range(first, min(first + count, there)):
            picture.seek(number)
            frames.append(picture.convert("RGB"))
        return frames


def encoded(frames: Frames, format: str, quality: int) -> bytes:
    """Return frames as a file of that format."""
    file = io.BytesIO()
    more = {"quality": quality, "duration": FRAME_MS, **OPTIONS[format]}
    frames[0].save(file, format, save_all=True, append_images=frames[1:], **more)
    return file.getvalue()


def decoded(data: bytes, count: int) -> Frames:
    """Return the `count` frames that were encoded, as they look now."""
    with Image.open(io.BytesIO(data)) as picture:
        there: int = getattr(picture, "n_frames", 1)
        if there == 1:
            return [picture.convert("RGB")] * count
        frames: list[Image.Image] = []
        for number in range(there):
            picture.seek(number)
            frame = picture.convert("RGB")  # decodes it, before which it has no duration
            # WebP shows one frame for longer in the place of several that are the same.
            frames += [frame] * max(1, round(picture.info.get("duration", FRAME_MS) / FRAME_MS))
        return frames


def psnr_db(before: Frames, after: Frames) -> float:
    """Return the peak signal-to-noise ratio of all frames together (dB): 40 is hard to tell apart."""
    pairs = list(zip(before, after, strict=True))
    differences = [ImageStat.Stat(ImageChops.difference(one, other)).rms for one, other in pairs]
    error = sum(band**2 for rms in differences for band in rms) / (3 * len(pairs))
    return min(PERFECT_DB, 10 * math.log10(255**2 / error)) if error else PERFECT_DB


def module() -> Transcode:
    """Return what the engine runs."""
    return Transcode()
