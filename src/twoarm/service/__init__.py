"""The released model behind REST and CDS Hooks, and its page; reads model files, nothing else.

Importing this loads none of the web packages: `load_extra` says what to install where they lack.
"""

from twoarm.service.extra import load_extra
from twoarm.service.settings import Client, Settings
from twoarm.service.shelf import Served, shelve

__all__ = ["Client", "Served", "Settings", "load_extra", "shelve"]
