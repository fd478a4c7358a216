"""Static files under names that carry their own hash, also inside ES module imports."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticStorage(CompressedManifestStaticFilesStorage):
    """Hashed and compressed; a page from before a deploy still finds the modules it was written for."""

    support_js_module_import_aggregation = True
