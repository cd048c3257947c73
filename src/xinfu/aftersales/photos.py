"""Photos of a case: uploaded files that only this shop knows, shown by links that end."""

from collections.abc import Sequence
from typing import Any, Protocol

from xinfu.aftersales.contracts import Case
from xinfu.kit.errors import NotFound
from xinfu.kit.ids import Id


class Photos(Protocol):
    """Uploaded files; conversations.Files is one."""

    async def get(self, shop_id: Id, file_id: Id) -> Any:
        """Raises NotFound."""
        ...

    def reference(self, stored: Any) -> dict[str, Any]:
        """{"file": {"url", "thumb"?}} with fresh links."""
        ...


def photos_of(case: Case) -> Sequence[Id]:
    """Every photo of a case, in the order they came."""
    found = (*case.photos, *(e.photo for e in case.work.evidence), *(case.work.inspection.photos if case.work.inspection else ()))
    return list(dict.fromkeys(found))


async def links_of(photos: Photos, shop_id: Id, case: Case) -> dict[Id, tuple[str, str]]:
    """Address and small picture of each photo; those that are gone are left out."""
    links = {}
    for photo in photos_of(case):
        try:
            file = photos.reference(await photos.get(shop_id, photo))["file"]
        except NotFound:
            continue
        links[photo] = (str(file["url"]), str(file.get("thumb", file["url"])))
    return links
