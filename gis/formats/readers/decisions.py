"""What did a reader decide, and for which features?"""

from __future__ import annotations

from dataclasses import dataclass, field

from gis.formats.model import Note


@dataclass(slots=True)
class Decisions:
    """What had to be decided, by what it was, with the parcels it concerned."""

    parcels: dict[tuple[str, str], list[str]] = field(default_factory=dict)

    def note(self, zh: str, en: str, parcel: str = "") -> None:
        """Remembers a decision, for `parcel` or the whole text."""
        self.parcels.setdefault((zh, en), []).append(parcel)

    def notes(self) -> list[Note]:
        """One note a decision."""
        found = []
        for (zh, en), labels in self.parcels.items():
            named = [label for label in labels if label]
            listed = "、".join(named[:5]) + (f"…({len(named)})" if len(named) > 5 else "")
            found.append(Note(f"{zh}（地块 {listed}）" if named else zh, f"{en} (parcels {listed})" if named else en))
        return found
