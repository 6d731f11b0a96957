"""Where do the features of layers live?"""

from layers.store.history import Change, Counts, Revision
from layers.store.reading import Group
from layers.store.store import Store, open_store, restore
from layers.store.writing import Transaction

__all__ = ["Change", "Counts", "Group", "Revision", "Store", "Transaction", "open_store", "restore"]
