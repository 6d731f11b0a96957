"""How do layers and statistics become pictures for paper?"""

from layers.drawing.bars import Bars, bar_picture
from layers.drawing.lettering import Lettering, Numbering, lettering
from layers.drawing.map_sheet import map_picture
from layers.drawing.picture import Picture

__all__ = ["Bars", "Lettering", "Numbering", "Picture", "bar_picture", "lettering", "map_picture"]
