"""What identity says no with."""

from xinfu.kit.errors import Refusal


class WrongPassword(Refusal):
    code, status = "identity.wrong_password", 401
    zh, en = "账号或密码不对。", "Wrong login or password."


class Locked(Refusal):
    code, status = "identity.locked", 429
    zh, en = "密码错了太多次，请 15 分钟后再试，或请店主解锁。", "Too many wrong passwords; try again in 15 minutes or ask the owner."


class PasswordTooWeak(Refusal):
    code, status = "identity.password_too_weak", 422
    zh, en = "密码至少要 {least} 个字符，也不能和账号相同。", "A password needs at least {least} characters and must differ from the login."


class CsrfMissing(Refusal):
    code, status = "identity.csrf", 403
    zh, en = "页面已过期，请刷新后再试。", "This page is out of date; reload it and try again."


class OtherOrigin(Refusal):
    code, status = "identity.other_origin", 403
    zh, en = "不允许从别的网站连接。", "Connections from other sites are not allowed."


class LoginTaken(Refusal):
    code, status = "identity.login_taken", 409
    zh, en = "账号 {login} 已经有人用了。", "The login {login} is already taken."


class LoginInvalid(Refusal):
    code, status = "identity.login_invalid", 422
    zh, en = "账号用 2 到 64 个字母、数字或 . _ @ -。", "A login is 2 to 64 letters, digits or . _ @ -."


class LastOwner(Refusal):
    code, status = "identity.last_owner", 409
    zh, en = (
        "这是最后一位店主，不能停用、改角色或移出店铺。",
        "This is the last owner and cannot be disabled, demoted or removed from the shop.",
    )


class RoleUnknown(Refusal):
    code, status = "identity.role_unknown", 422
    zh, en = "没有 {role} 这个角色。", "There is no role {role}."


class RoleFixed(Refusal):
    code, status = "identity.role_fixed", 409
    zh, en = "店主始终拥有全部权限，不能修改。", "The owner always has every permission; this cannot be changed."


class BeyondOwnRights(Refusal):
    code, status = "identity.beyond_own_rights", 403
    zh, en = "不能授予或管理超出你自己权限和店铺的内容。", "You cannot grant or manage rights or shops beyond your own."


class SlugTaken(Refusal):
    code, status = "identity.slug_taken", 409
    zh, en = "店铺标识 {slug} 已经有人用了。", "The shop slug {slug} is already taken."


class SlugInvalid(Refusal):
    code, status = "identity.slug_invalid", 422
    zh, en = "店铺标识用 2 到 40 个小写字母、数字或 -。", "A shop slug is 2 to 40 lower-case letters, digits or -."


class IdentityTokenInvalid(Refusal):
    code, status = "identity.token_invalid", 401
    zh, en = "客户身份凭证无效或已过期。", "The customer's identity token is invalid or has expired."


class ColourInvalid(Refusal):
    code, status = "settings.colour", 422
    zh, en = "颜色要写成 #RRGGBB,例如 #C5412B。", "Write the colour as #RRGGBB, for example #C5412B."


class ZoneUnknown(Refusal):
    code, status = "settings.time_zone", 422
    zh, en = "没有这个时区：{zone}。例如 Asia/Shanghai。", "There is no time zone {zone}. An example: Asia/Shanghai."


class HoursInvalid(Refusal):
    code, status = "settings.hours", 422
    zh, en = (
        "服务时间有误：星期用 1 到 7(至少一天),时间写成 08:00,最晚 24:00。",
        "Opening hours: days 1 to 7 (at least one), times like 08:00, up to 24:00.",
    )


class OutOfRange(Refusal):
    code, status = "settings.out_of_range", 422
    zh, en = "{field} 要在 {low} 到 {high} 之间。", "{field} must be between {low} and {high}."


class TextTooLong(Refusal):
    code, status = "settings.text_too_long", 422
    zh, en = "{field} 最多 {limit} 个字。", "{field} may have at most {limit} characters."


class OriginInvalid(Refusal):
    code, status = "settings.origin", 422
    zh, en = (
        "网站地址有误：{origin}。写成 https://shop.example 这样，最多 50 个。",
        "Not a site address: {origin}. Write it like https://shop.example, at most 50.",
    )
