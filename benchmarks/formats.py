"""A network's pass by memory format, batch size and allocator: what the rules for both rest on.

Processor time of one photo, both cores together: it says less about how busy a shared machine is than seconds by the
clock. Each cell is a process of its own, since the allocator is set for a whole process.
"""

import argparse
import subprocess
import sys
import time

import torch

from benchmarks.measuring import machine
from concepts.engine.allocator import keep_freed_memory
from concepts.models import load_model
from tests.support.places import SHARED

MODELS = {
    "squeezenet1_0": "squeezenet1_0",
    "resnet50": "resnet50",
    "mobilenet_v2": "mobilenet_v2",
    "convnext_tiny": "convnext_tiny",
    "EfficientNet-Lite0": f"{SHARED / 'models' / 'efficientnet_lite0' / 'efficientnet_lite0.py'}:load",
}
FORMATS = {"contiguous": torch.contiguous_format, "channels_last": torch.channels_last}
ALLOCATORS, BATCHES = ("given back", "kept"), (8, 16, 32, 64)
N = 128  # photos timed


def cell(name: str, memory_format: str, batch: int, allocator: str) -> float:
    """Seconds of processor time a photo."""
    if allocator == "kept":
        keep_freed_memory()
    model = load_model(MODELS[name]).to(memory_format=FORMATS[memory_format])
    images = torch.randn(batch, 3, 224, 224)
    with torch.inference_mode():
        model(images.clone())
        begin = time.process_time()
        for _ in range(N // batch):
            model(images.clone())
    return (time.process_time() - begin) / (N // batch * batch)


def _measured(*options: str) -> float:
    command = [sys.executable, "-m", "benchmarks.formats", "--cell", *options]
    return float(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--models", nargs="+", choices=MODELS, default=list(MODELS))
    parser.add_argument("--cell", nargs=4, metavar=("MODEL", "FORMAT", "BATCH", "ALLOCATOR"))
    options = parser.parse_args()
    if options.cell:
        name, memory_format, batch, allocator = options.cell
        print(cell(name, memory_format, int(batch), allocator))
        return
    print(f"{machine()}; milliseconds of processor time a photo, batches of {', '.join(map(str, BATCHES))}")
    for name in options.models:
        for memory_format in FORMATS:
            for allocator in ALLOCATORS:
                times = [_measured(name, memory_format, str(batch), allocator) for batch in BATCHES]
                row = "".join(f"{1000 * seconds:8.1f}" for seconds in times)
                print(f"{name:<20}{memory_format:<15}memory {allocator:<11}{row}", flush=True)


if __name__ == "__main__":
    main()
