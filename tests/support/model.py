"""The service model of the installed botocore."""

from botocore.loaders import create_loader
from botocore.model import ServiceModel

RAW_MODEL = create_loader().load_service_model("amplify", "service-2")
MODEL = ServiceModel(RAW_MODEL, "amplify")
