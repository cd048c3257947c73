"""Words that the demo shop's people, places and carriers are made of. All invented; no phone number here can ring."""


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜"
    "范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文"
)
GIVEN = _words(
    "雨桐 子涵 浩然 梓萱 思远 佳怡 一诺 晨曦 欣妍 俊杰 志强 秀英 建国 桂兰 海燕 晓东 丽华 国庆 文静 雪梅 明轩 书瑶 若溪 景行 知远 "
    "安然 清扬 静姝 之恒 望舒 念慈 云帆 沐阳 语嫣 星辰 伟 敏 静 磊 洋 艳 勇 娟 涛 超 霞 平 刚 丹 鑫 宁 楠 璐 婷 凯 彬 岚 琪 悦 晗"
)
WESTERN = (
    "Oliver Brandt",
    "Maya Sørensen",
    "Lucía Fernández",
    "Priya Raman",
    "Tomás Okafor",
    "Hannah Weiss",
    "Kenji Aoyama",
    "Sophie Laurent",
    "Noah Whitfield",
    "Amina Diallo",
)
ODD_NAMES = (
    "🌸小桃子🌸",
    "爱吃西瓜的猫🐱🍉",
    "<b>加粗先生</b>",
    '<script>alert("hi")</script>',
    "阿卜杜热合曼·吐尔逊江·买买提艾力·阿布都克里木",
    "  空格 很多 ",
    "O'Brien; DROP",
    "龘靐齉",
    "😀",
    "王_测试_%_A",
    "null",
    "ᴛɪɴʏ 小字",
    "一个名字特别特别特别特别特别特别特别特别特别特别长的收货人请放门口不要打电话谢谢",
    "=1+1",
    "Zoë “Zo” Ng",
    "张",
)
# Province, invented city, its districts. Regions with the same mark are near each other.
CITIES: tuple[tuple[str, str, tuple[str, ...], str], ...] = (
    ("浙江省", "澜江市", ("云栖区", "青石区", "临溪县"), "east"),
    ("浙江省", "雁湖市", ("月河区", "柳浦区"), "east"),
    ("江苏省", "苏河市", ("金枫区", "平桥区", "望亭县"), "east"),
    ("江苏省", "泽安市", ("泽东区", "运河区"), "east"),
    ("上海市", "申浦新城", ("北苑街道", "南渡街道"), "east"),
    ("安徽省", "徽宁市", ("黟溪区", "龙门区"), "east"),
    ("广东省", "南屿市", ("荔湾头区", "海棠区", "木棉县"), "south"),
    ("广东省", "鹏湾市", ("福林区", "盐港区"), "south"),
    ("福建省", "榕海市", ("鼓山区", "三坊区"), "south"),
    ("湖北省", "楚江市", ("江夏口区", "珞樱区"), "middle"),
    ("湖南省", "橘洲市", ("岳麓坡区", "湘溪区"), "middle"),
    ("河南省", "嵩阳市", ("洛浦区", "中牟台区"), "middle"),
    ("四川省", "锦川市", ("浣花区", "青羊坪区", "竹溪县"), "west"),
    ("重庆市", "渝山新区", ("洪崖街道", "南坪岭街道"), "west"),
    ("陕西省", "长乐市", ("雁栖区", "未央坡区"), "west"),
    ("北京市", "燕北新城", ("槐柏街道", "东篱街道"), "north"),
    ("山东省", "岱东市", ("泉城湾区", "历山区"), "north"),
    ("河北省", "冀安市", ("桥东里区", "正阳区"), "north"),
    ("辽宁省", "沈河口市", ("浑南坡区", "铁西里区"), "north"),
    ("黑龙江省", "松江湾市", ("冰城区", "道外里区"), "north"),
    ("新疆维吾尔自治区", "天山牧市", ("白桦区",), "far"),
    ("云南省", "滇池湾市", ("翠湖区", "茶马县"), "west"),
)
STREETS = _words("望湖路 青石巷 梧桐街 春晓路 银杏大道 书院路 晚枫街 长桥路 稻香路 钟楼巷 云台路 碧波街 杏林路 文澜街 东篱路")
ESTATES = _words("听雨花园 枫林里 蓝湾小区 锦绣苑 和风里 向阳家园 半岛公寓 竹影庭 安居新村 望江名邸")
EMAIL_HOST = "mail.example"

WAREHOUSE = "澜江云栖仓"
SECOND_WAREHOUSE = "嵩阳中转仓"
HUBS = {
    "east": "澜江转运中心",
    "south": "南屿转运中心",
    "middle": "嵩阳转运中心",
    "west": "锦川转运中心",
    "north": "燕北转运中心",
    "far": "天山转运中心",
}
# Name, prefix of its tracking numbers, customer line.
PARCEL_CARRIERS = (("云驰速运", "YC"), ("青鸟快递", "QN"))
HEAVY_CARRIER = ("山河物流", "SH")
COURIERS = _words("老郑 小侯 阿龙 小冉 大庆 阿彬 小满 老钟")
GIFT_NOTES = (
    "送人的，不要放价格单，谢谢。",
    "请写贺卡：生日快乐，天天开心！",
    "送给妈妈的，包装麻烦漂亮一点。",
    "乔迁礼物，不要提价格。",
    "请手写：祝早日康复。",
)
NOTES = ("放门口就行", "送货前请打电话", "工作日送公司", "麻烦发最新日期的", "家里有小孩睡觉，别按门铃", "尽快发，急用")
CUSTOMER_TAGS = ("爱问尺码", "常送礼", "敏感肌", "装机", "宝妈", "只要电子票", "夜间购物", "老客户")
COMPANIES = ("澜江市半日闲商贸有限公司", "南屿市青禾教育咨询有限公司", "锦川市三月文化传播有限公司", "苏河市明前科技有限公司")
