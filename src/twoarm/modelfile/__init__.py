"""The released model: plain JSON, checked when it is loaded, predicted with NumPy alone."""

from twoarm.modelfile.card import model_card
from twoarm.modelfile.checks import digest
from twoarm.modelfile.loading import FORMAT, FORMAT_VERSION, load_model, parse_model
from twoarm.modelfile.model import Model
from twoarm.modelfile.patients import Patients, patients_of, read_patients
from twoarm.modelfile.prediction import LearnerPredictions, Predictions, predict_patients
from twoarm.modelfile.predictor import stack_risk
from twoarm.modelfile.reading import in_words

__all__ = [
    "FORMAT",
    "FORMAT_VERSION",
    "LearnerPredictions",
    "Model",
    "Patients",
    "Predictions",
    "digest",
    "in_words",
    "load_model",
    "model_card",
    "parse_model",
    "patients_of",
    "predict_patients",
    "read_patients",
    "stack_risk",
]
