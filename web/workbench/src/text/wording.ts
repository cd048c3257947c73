/* Words that should not go to a customer: promises advertising law forbids, leading them off the shop, brushing them off, insults, asking for secrets.
   They are marked while one writes, never blocked: the person decides. Pure. */

export type WordingKind = "absolute" | "elsewhere" | "cold" | "insult" | "secret";

export interface Wording {
  kind: WordingKind;
  start: number;
  end: number;
}

const RULES: readonly (readonly [WordingKind, RegExp])[] = [
  ["absolute", /全网最低|全网第一|史上最低|世界级|国家级|最高级|顶级品质|销量第一|第一品牌|行业第一|独一无二|绝无仅有|万无一失|百分之百|永不|包治|根治|(?:100|百)\s*[%％](?:有效|安全|正品|好评|满意)|最好的(?!办法|方法|方式|做法)|质量最好|最(?:低价|便宜|优惠|先进)|绝对(?:安全|有效|正品|没问题)|\b(?:best|cheapest) in the world\b|\b100\s*% (?:safe|effective)\b/giu],
  ["elsewhere", /加(?:我|一下|个)?(?:的)?(?:微信|QQ|vx|wx|v信)|(?:微信|支付宝|银行卡)(?:私下)?(?:转账|转给我|打给我)|私下(?:交易|转账|联系)|线下(?:交易|付款)|好评返现|返现好评|\b(?:add|text) me on (?:wechat|whatsapp|telegram)\b/giu],
  ["cold", /不归(?:我|我们)管|不关我(?:的)?事|爱买不买|爱要不要|随便你|你去投诉(?:吧|啊|好了)?|投诉也没用|自己(?:不会)?看(?:说明|页面)(?:啊|吗|呀)|说了(?:多少|几)遍|听不懂(?:吗|人话)|就?是你自己的问题|\bnot my problem\b|\bcalm down\b/giu],
  ["insult", /神经病|有病吧|傻[逼子叉瓜]|蠢货|白痴|脑残|弱智|滚(?:开|蛋|吧)|他妈的|去死|\b(?:idiot|stupid|moron)\b/giu],
  ["secret", /(?:把|发|告诉|提供)(?:一下|给)?(?:我|我们)?(?:您|你)?(?:的)?(?:验证码|支付密码|银行卡密码|登录密码|密码)|(?:验证码|支付密码|银行卡密码|登录密码)(?:是多少|发我|发给我|告诉我|给我)|\b(?:send|tell|give) (?:me|us) (?:your|the) (?:password|verification code|pin)\b/giu],
];

/** What stands out, in the order of the text; of two that overlap the first stays. */
export function unwelcome(text: string): Wording[] {
  const found = RULES.flatMap(([kind, rule]) => [...text.matchAll(rule)].map((hit) => ({ kind, start: hit.index, end: hit.index + hit[0].length })));
  found.sort((a, b) => a.start - b.start || b.end - a.end);
  return found.filter((one, i) => found.slice(0, i).every((earlier) => earlier.end <= one.start));
}

export interface Piece {
  text: string;
  kind: WordingKind | "";
}

/** The text cut at the marks, for drawing it a second time beneath the field. */
export function pieces(text: string, marks: readonly Wording[]): Piece[] {
  const cut: Piece[] = [];
  let at = 0;
  for (const mark of marks) {
    if (mark.start > at) cut.push({ text: text.slice(at, mark.start), kind: "" });
    cut.push({ text: text.slice(mark.start, mark.end), kind: mark.kind });
    at = mark.end;
  }
  if (at < text.length) cut.push({ text: text.slice(at), kind: "" });
  return cut;
}
