"""The released model: plain JSON, checked when it is loaded, predicted with NumPy alone."""

from twoarm.modelfile.model import FORMAT, FORMAT_VERSION, Model, load_model, parse_model
from twoarm.modelfile.patients import Patients, read_patients
from twoarm.modelfile.predictor import stack_risk

__all__ = [
    "FORMAT",
    "FORMAT_VERSION",
    "Model",
    "Patients",
    "load_model",
    "parse_model",
    "read_patients",
    "stack_risk",
]
