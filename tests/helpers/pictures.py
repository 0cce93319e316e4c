"""What can be seen in a figure."""

import itertools

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.font_manager import FontProperties
from matplotlib.text import Text
from matplotlib.transforms import Bbox

from relu_anim.drawing.ends import EndLabels
from relu_anim.drawing.theme import THEMES, style
from relu_anim.films import make_figure
from relu_anim.films.layout import Layout
from relu_anim.films.stamp import HEADER


def undrawn_labels(figure):
    """Labels of ticks outside the limits, which exist but are not drawn."""
    for axes in figure.axes:
        for axis, (low, high) in ((axes.xaxis, axes.get_xlim()), (axes.yaxis, axes.get_ylim())):
            for minor in (False, True):
                for tick in axis.get_minor_ticks() if minor else axis.get_major_ticks():
                    if not low <= tick.get_loc() <= high:
                        yield from (tick.label1, tick.label2)


def labels_at_ends(figure, renderer):
    """The words at the ends of lines, and the boxes that they take."""
    for label in (label for ends in figure.findobj(EndLabels) for label in ends.shapes()):
        font = FontProperties(size=label.size * 72 / figure.dpi)
        width, height, descent = renderer.get_text_width_height_descent(label.text, font, ismath=False)
        yield label.text, Bbox.from_bounds(label.x, label.y - descent, width, height)


def overlapping(figure):
    """Pairs of texts that lie over each other, and texts that stick out of the figure."""
    canvas = FigureCanvasAgg(figure)
    figure.draw_without_rendering()
    undrawn = set(undrawn_labels(figure))
    texts = [t for t in figure.findobj(Text) if t.get_visible() and t.get_text().strip() and t not in undrawn]
    boxes = [(text.get_text(), text.get_window_extent(canvas.get_renderer())) for text in texts]
    boxes += labels_at_ends(figure, canvas.get_renderer())
    room = Bbox([[0, 0], [figure.bbox.width, figure.bbox.height]]).padded(1e-6)  # to which places are rounded
    for text, box in boxes:
        if box.x0 < room.x0 or box.y0 < room.y0 or box.x1 > room.x1 or box.y1 > room.y1:
            yield text
    for (one, a), (two, b) in itertools.combinations(boxes, 2):
        if a.x0 < b.x1 - 1 and b.x0 < a.x1 - 1 and a.y0 < b.y1 - 1 and b.y0 < a.y1 - 1:
            yield f"{one} | {two}"


def rooms(count=1, pixels=(700, 500)):
    """A layout of this many rooms side by side, below a header."""
    layout = Layout(make_figure(pixels, THEMES["light"]), HEADER)
    return layout, layout.add(count=count)


def alone(kind, *scenes, pixels=(700, 500), finish=False, **options):
    """A panel that has a picture for itself, laid out; or as it looks at the end of a film."""
    with style(scenes[0].look.theme):
        layout, (room,) = rooms(pixels=pixels)
        panel = kind(room, scenes, **options)
        layout.arrange()
        if finish:
            panel.update([scene.run.last for scene in scenes])
            panel.finish()
            layout.arrange()
    return panel


def write_stamp(film, number=-1):
    """Write the numbers of a frame as texts of the figure, where the frame has them as bitmaps; returns the texts."""
    figure = film.figure
    return [
        figure.text(
            words.x / figure.bbox.width,
            words.y / figure.bbox.height,
            words.text,
            ha=words.align,
            va="baseline",
            fontsize=words.size * 72 / figure.dpi,
            color=words.color,
        )
        for words in film.stamp.shapes(film.timeline[number])
    ]
