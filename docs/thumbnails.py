"""Small pictures for figures.md, from what `relu-anim run configs/*.yaml` wrote to outputs/: `make figures`."""

from pathlib import Path

from PIL import Image

ROOT = Path(__file__).parent.parent
PICTURES = ROOT / "docs" / "images" / "figures"
WIDTH, COLOURS = 420, 64


def last_frame(path):
    """What stands at the end of a film, or the picture, in RGB."""
    with Image.open(path) as image:
        image.seek(getattr(image, "n_frames", 1) - 1)
        return image.convert("RGB")


for config in sorted((ROOT / "configs").glob("*.yaml")):
    made = [ROOT / "outputs" / f"{config.stem}.{suffix}" for suffix in ("gif", "png")]
    picture = last_frame(next(path for path in made if path.exists()))
    height = round(picture.height * WIDTH / picture.width)
    small = picture.resize((WIDTH, height), Image.Resampling.LANCZOS).quantize(COLOURS, dither=Image.Dither.NONE)
    small.save(PICTURES / f"{config.stem}.png", optimize=True)
