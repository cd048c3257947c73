"""The AI acts under its role like anyone else: what the owner takes from the role, the AI can no longer do."""

from tests.identity.conftest import Centre
from xinfu.identity import Permission


async def test_the_ai_holds_what_its_role_holds_now_in_one_shop(centre: Centre) -> None:
    ai = await centre.roles.ai(centre.shop_id)
    assert (ai.kind, ai.shops) == ("ai", frozenset({centre.shop_id}))
    assert ai.may(Permission.ORDERS_CANCEL, centre.shop_id) and not ai.may(Permission.ORDERS_REISSUE, centre.shop_id)
    left = [p for p in Permission if p in ai.permissions and p != Permission.ORDERS_CANCEL]
    await centre.roles.put(await centre.signed_in(), centre.shop_id, "ai", left)
    assert not (await centre.roles.ai(centre.shop_id)).may(Permission.ORDERS_CANCEL, centre.shop_id)
