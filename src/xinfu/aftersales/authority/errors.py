"""What the guard of money refuses, each with its reason."""

from xinfu.kit.errors import Refusal


class BeyondAuthority(Refusal):
    code, status = "beyond_authority", 403
    zh, en = "超出你的权限：{why}", "This is beyond your authority: {why_en}"


class NotGrantable(Refusal):
    code, status = "not_grantable", 409
    zh, en = "不能这样给：{why}", "This cannot be granted: {why_en}"


class ApprovalNotFound(Refusal):
    code, status = "approval_not_found", 404
    zh, en = "找不到这条审批。", "There is no such approval."


class ApprovalOver(Refusal):
    code, status = "approval_over", 409
    zh, en = "这条审批已经结束（{state}）。", "This approval is over ({state_en})."


class OwnApproval(Refusal):
    code, status = "own_approval", 403
    zh, en = "自己提的不能自己批。", "Nobody approves what they asked for themselves."


class ApproverTooSmall(Refusal):
    code, status = "approver_too_small", 403
    zh, en = "这笔金额超出你能审批的范围，请找：{roles}。", "The amount is more than you may approve; ask: {roles_en}."


class RulesInvalid(Refusal):
    code, status = "authority_rules_invalid", 422
    zh, en = "额度有误：{why}", "The limits are not valid: {why_en}"


class AuthorityKeyReused(Refusal):
    code, status = "authority_key_reused", 409
    zh, en = "这次提交的编号已经用在别的事情上。", "This request's key was already used for something else."
