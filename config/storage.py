"""Static files under names that carry their own hash, also inside ES module imports."""

import functools

from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticStorage(CompressedManifestStaticFilesStorage):
    """Hashed and compressed; a page from before a deploy still finds the modules it was written for."""

    support_js_module_import_aggregation = True

    @functools.cached_property
    def _urls(self) -> dict[str, str]:
        return {}

    def url(self, name: str, force: bool = False) -> str:
        """The address under the hashed name: looked up once, as it stays while the process lives; a page asks for a hundred."""
        if name not in self._urls:
            self._urls[name] = super().url(name, force)
        return self._urls[name]
