"""Form controls that the administration needs beside Django's."""

from core.pickers import Picker, row_picker

__all__ = ["Picker", "row_picker"]
