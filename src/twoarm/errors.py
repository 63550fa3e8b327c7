"""What can go wrong, as one tree that a caller can catch at any height.

::

    TwoarmError
    └── UserError               the input or the request is at fault: exit code 2
        ├── StudyFileError      the study file does not parse, or contradicts itself
        ├── CohortError         the data do not fit the study file
        ├── RunFolderError      the run folder cannot be used as asked
        ├── ModelFileError      the model file is broken or answers differently than it should
        ├── ArgumentError       an argument of a Python call or an option of a command
        │   └── NotEstimable    the data are in order but do not carry what was asked
        │       └── FitError    a model could not be fitted to the data it was given
        └── MissingPackageError an optional package is needed and not installed

Every message says what was expected, what was found, and what to do.
"""

from __future__ import annotations

__all__ = [
    "ArgumentError",
    "CohortError",
    "FitError",
    "MissingPackageError",
    "ModelFileError",
    "NotEstimable",
    "RunFolderError",
    "StudyFileError",
    "TwoarmError",
    "UserError",
]


class TwoarmError(Exception):
    """Base of every error that twoarm raises on purpose."""


class UserError(TwoarmError):
    """The input or the request is at fault; the message tells what to change."""


class StudyFileError(UserError):
    """The study file cannot be read, holds unknown keys, or contradicts itself."""


class CohortError(UserError):
    """The data do not fit the study file."""


class RunFolderError(UserError):
    """The run folder cannot be used as asked: not empty, not writable, or of another run."""


class ModelFileError(UserError):
    """The model file is broken, of an unknown format, or fails its own test vectors."""


class ArgumentError(UserError, ValueError):
    """An argument of a Python call, or an option of a command, is outside what is allowed."""


class MissingPackageError(UserError, ImportError):
    """An optional package is needed for what was asked and is not installed."""


class NotEstimable(ArgumentError):  # noqa: N818  no fault, so no error in its name
    """The data are in order but do not carry what was asked: too few, or all alike.

    In a run the part that asked is absent with this reason; every other error is a defect.
    """


class FitError(NotEstimable):
    """A model could not be fitted to the data it was given."""
