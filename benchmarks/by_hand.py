"""The other side of each comparison: what a user writes by hand today."""

import itertools

import numpy as np
import torch
from matplotlib.animation import FFMpegWriter, FuncAnimation, PillowWriter
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image
from torch import nn


def prediction_film(path, curves, epochs, losses, size=(700, 500), fps=20):
    """A GIF of one moving curve with its epoch and loss: curves [frames, points] over [-5, 5] against x²."""
    figure = Figure(figsize=(size[0] / 100, size[1] / 100), dpi=100)
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    x = np.linspace(-5, 5, curves.shape[1])
    axes.set(xlim=(-5, 5), ylim=(-2, 27), xlabel="x", ylabel="y")
    axes.grid(True)
    axes.plot(x, x**2, "--", lw=2, label="target")
    (line,) = axes.plot([], [], lw=2.5, label="network")
    stamp = axes.text(0.98, 1.02, "", transform=axes.transAxes, ha="right")
    axes.legend()

    def update(frame):
        line.set_data(x, curves[frame])
        stamp.set_text(f"epoch {epochs[frame]}  loss {losses[frame]:.4f}")
        return line, stamp

    animation = FuncAnimation(figure, update, frames=len(curves), blit=True, interval=1000 / fps)
    animation.save(path, writer=PillowWriter(fps=fps), dpi=100)


def layers_film(path, stages, epochs, losses, size=(1000, 1000), fps=20):
    """A GIF with a row for each stage: stages is a list of (title, curves [frames, points, units]) over [-5, 5]."""
    figure = Figure(figsize=(size[0] / 100, size[1] / 100), dpi=100)
    FigureCanvasAgg(figure)
    rows = figure.subplots(len(stages), 1, sharex=True)
    x = np.linspace(-5, 5, stages[0][1].shape[1])
    moving = []
    for axes, (title, curves) in zip(rows, stages, strict=True):
        axes.set(xlim=(-5, 5), ylim=(-30, 30), title=title)
        axes.grid(True)
        moving += [(axes.plot([], [], lw=2.5)[0], curves[:, :, unit]) for unit in range(curves.shape[2])]
    rows[-1].plot(x, x**2, "--", lw=2)
    stamp = rows[0].text(0.98, 1.02, "", transform=rows[0].transAxes, ha="right")

    def update(frame):
        for line, curves in moving:
            line.set_data(x, curves[frame])
        stamp.set_text(f"epoch {epochs[frame]}  loss {losses[frame]:.4f}")
        return *(line for line, _ in moving), stamp

    animation = FuncAnimation(figure, update, frames=len(epochs), blit=True, interval=1000 / fps)
    animation.save(path, writer=PillowWriter(fps=fps), dpi=100)


def mp4(path, frames, fps):
    """What FFMpegWriter makes of RGBA frames when nothing is set: its program gets them as it would get a figure's."""
    height, width = frames[0].shape[:2]
    figure = Figure(figsize=(width / 100, height / 100), dpi=100)
    FigureCanvasAgg(figure)
    writer = FFMpegWriter(fps=fps)
    with writer.saving(figure, str(path), dpi=100):
        for frame in frames:
            writer._proc.stdin.write(frame)


def webp(path, frames, fps):
    """What Pillow makes of frames when nothing is set."""
    first, *others = (Image.fromarray(frame[..., :3]) for frame in frames)
    first.save(path, save_all=True, append_images=others, duration=round(1000 / fps))


def plain_loop(layer_sizes, optimizer, lr):
    """A training step as every tutorial writes it; `model` starts as nn.Linear starts it."""
    layers = []
    for inputs, outputs in itertools.pairwise(layer_sizes):
        layers += [nn.Linear(inputs, outputs), nn.ReLU()]
    model = nn.Sequential(*layers[:-1])
    optimizer = {"sgd": torch.optim.SGD, "adam": torch.optim.Adam}[optimizer](model.parameters(), lr=lr)
    criterion = nn.MSELoss()

    def step(x, y):
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
        return loss.item()

    return model, step
