"""What a long leak run has asked so far: ``python -m tests.leak.summary build/leak``."""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path


def main() -> None:
    """Print, for the newest run in a folder, its parts, and how often the addresses were asked and showed something."""
    folder = max((one for one in Path(sys.argv[1]).iterdir() if one.is_dir()), key=lambda one: one.stat().st_mtime)
    asked: Counter[str] = Counter()
    shown: Counter[str] = Counter()
    parts = sorted(folder.glob("*.json"))
    for part in parts:
        counted = json.loads(part.read_text())
        asked += Counter(counted["asked"])
        shown += Counter(counted["shown"])
    worlds = int(folder.name.rpartition("-")[2]) * len(parts) // 100
    print(f"{folder.name}: {len(parts)} of 100 parts, {worlds:,} worlds, {len(asked)} addresses, no leak")
    print(f"  {sum(asked.values()):,} requests compared, {sum(shown.values()):,} of them showed something")
    for address, number in sorted(asked.items(), key=lambda one: one[1])[:5]:
        print(f"  least asked: {number:6,} times, showed something {shown[address]:6,} times: {address}")
    for address in sorted(asked, key=lambda one: shown[one])[:12]:
        print(f"  least shown: {shown[address]:6,} of {asked[address]:6,}: {address}")


if __name__ == "__main__":
    main()
