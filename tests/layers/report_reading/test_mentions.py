"""Is every way of writing a number with its unit read, and every number that counts nothing set aside?"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.report.reading.characters import plain
from layers.report.reading.mentions import mentions
from layers.report.reading.model import Doubt


def only(text: str) -> tuple[str, str | None, str | None]:
    """Value, unit and qualifier of the one number in `text`."""
    (mention,), _ = mentions(plain(text))
    return mention.value, mention.unit, mention.qualifier


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("修路12.5公里", ("12.5", "km", None)),
        ("投资３００余万元", ("300", "wan_yuan", "余")),
        ("投资300万余元", ("300", "wan_yuan", "余")),
        ("收入1,234.50万元", ("1234.50", "wan_yuan", None)),
        ("产值超过12亿元", ("12", "yi_yuan", "超")),
        ("土方14.5万立方米", ("14.5", "wan_m3", None)),
        ("产粮3亿斤", ("3", "yi_jin", None)),
        ("浓度34微克/立方米", ("34", "ug_per_m3", None)),
        ("收入1亿2600万元", ("12600", "wan_yuan", None)),
        ("收入1亿2600余万元", ("12600", "wan_yuan", "余")),
        ("人口2万3千人", ("23000", "person", None)),
        ("户均收入1万2500元", ("12500", "yuan", None)),
        ("养鸭3.5万只", ("35000", "head", None)),
        ("惠及近5000户", ("5000", "household", "近")),
        ("惠及三千余户", ("3000", "household", "余")),
        ("新增十余家", ("10", "enterprise", "余")),
        ("来了上百人", ("100", "person", "余")),
        ("收入不足5万元", ("5", "wan_yuan", "不足")),
        ("收入5万元以下", ("5", "wan_yuan", "以下")),
        ("收入50万元以上", ("50", "wan_yuan", "以上")),
        ("投资约30万元", ("30", "wan_yuan", "约")),
        ("提高2.5个百分点", ("2.5", "percentage_point", None)),
        ("提高2.5百分点", ("2.5", "percentage_point", None)),
        ("是去年的1.5倍", ("1.5", "times", None)),
        ("完成八成以上", ("80", "percent", "以上")),
        ("达到百分之九十五", ("95", "percent", None)),
        ("超过2/3的村", ("66.6667", "percent", "超")),
        ("来访51批次", ("51", "visit", None)),
        ("培训20批", ("20", "batch", None)),
        ("接待1200余人次", ("1200", "person_time", "余")),
        ("打造两大园区", ("2", "item", None)),
        ("单产480公斤/亩", ("480", "kg_per_mu", None)),
        ("价格1.4元/斤", ("1.4", "yuan_per_jin", None)),
        ("面积 1080 亩", ("1080", "mu", None)),
        ("工期6个月", ("6", "month", None)),
        ("30个工作日办结", ("30", "day", None)),
        ("建成一座水厂", ("1", "structure", None)),
    ],
)
def test_ways_of_writing(text: str, read: tuple[str, str | None, str | None]) -> None:
    assert only(text) == read


def test_both_ends_of_a_range_have_the_unit() -> None:
    found, _ = mentions(plain("引进3至5家"))
    assert [(m.value, m.unit) for m in found] == [("3", "enterprise"), ("5", "enterprise")]
    assert Doubt.RANGE in found[0].doubts


@pytest.mark.parametrize(
    ("text", "values"),
    [("投资10—12亿元", ["10", "12"]), ("收入800元至1万元", ["800", "1"]), ("投资800至1亿元", ["800", "1"])],
)
def test_the_lower_end_of_a_range_shares_the_scale_where_it_is_the_less(text: str, values: list[str]) -> None:
    found, _ = mentions(plain(text))
    assert [mention.value for mention in found] == values


def test_both_ends_of_a_range_in_one_scale_have_its_unit() -> None:
    found, _ = mentions(plain("投资10—12亿元"))
    assert [mention.unit for mention in found] == ["yi_yuan", "yi_yuan"]


def test_numbers_of_a_list_share_the_last_unit() -> None:
    found, _ = mentions(plain("分别为12、15和18个"))
    assert [(m.value, m.unit) for m in found] == [("12", "item"), ("15", "item"), ("18", "item")]


def test_money_without_a_unit_is_guessed_and_marked() -> None:
    (mention,), _ = mentions(plain("全年签约过10亿项目"))
    assert (mention.value, mention.unit, mention.doubts) == ("10", "yi_yuan", (Doubt.GUESSED_UNIT,))


def test_an_unknown_unit_is_kept_as_printed_and_marked() -> None:
    (mention,), _ = mentions(plain("收烟叶420担。"))
    assert (mention.value, mention.unit, mention.unit_zh) == ("420", None, "担")
    assert Doubt.UNKNOWN_UNIT in mention.doubts


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("问题5条,已全部办结", "100", "percent"),
        ("实现自来水全覆盖", "100", "percent"),
        ("实现全年“零”事故", "0", "case"),
        ("实现零上访", "0", "case"),
        ("全年无重大火灾,", "0", "case"),
        ("全年未发生一起事故", "0", "case"),
    ],
)
def test_words_that_stand_for_numbers(text: str, value: str, unit: str) -> None:
    found, _ = mentions(plain(text))
    assert (found[-1].value, found[-1].unit) == (value, unit)


@pytest.mark.parametrize(
    ("text", "percent"), [("翻番", "100"), ("翻一番", "100"), ("翻了一番", "100"), ("翻两番", "300")]
)
def test_doubling_is_a_growth_in_percent(text: str, percent: str) -> None:
    assert only(f"收入较上年{text}。")[:2] == (percent, "percent")


def test_none_of_a_list_is_a_zero_for_each() -> None:
    found, _ = mentions("全年无过10亿项目、500强项目。")
    assert [m.value for m in found if m.printed == "无"] == ["0", "0"]


COUNT_NOTHING = """学前三年毛入园率 九年义务教育 以下四个方面工作
2024年 2021-2023年 二〇二四年 20世纪90年代 1-10月份 10月15日 三月底 8:30
前三季度 上半年 半年来 第26届运动会 第二十六届 二十届三中全会 党的二十大 “十四五”规划
中央八项规定精神 《2030年规划》 一、总则 (三)保障 1.产业 ①整改 其一, 12345热线
拨打12345反映 110警情 500强企业 G312国道 205国道 5G基站 5A级景区 PM2.5浓度
24小时值守 1310工程 鲁政发〔2024〕12号 0539-8123456 13812345678
“1455”工作法 “1+6+N”模式 五治五提 “五治五提”活动 四员一长 三会一课 千方百计 一心一意
万众一心 两不愁三保障 三农工作 村两委 一窗式受理 一体推进 进一步 一系列 一批项目 单一 一定周期
十分重视 三级联动 百姓 成立专班 三次产业 14.2:51.3:34.5 一二三产融合 二期工程 数百人
几十家 三五家 亿元项目 零距离服务 零散地块 零售额增长 无法解决 无人机巡查 全面覆盖 全部职工参加
"""


@pytest.mark.parametrize("text", COUNT_NOTHING.split())
def test_numbers_that_count_nothing(text: str) -> None:
    found, _ = mentions(plain(text))
    assert found == []


def test_what_is_set_aside_has_a_reason_in_both_languages() -> None:
    _, aside = mentions(plain("“1455”工作法,12345热线,第3位,一体推进,2024年"))
    assert [number.printed for number in aside] == ["1455", "12345", "3", "一", "2024"]
    assert all(number.reason_zh and number.reason_en for number in aside)


@given(
    st.text(alphabet="一二十百万亿零两半成0123456789.,%余近超分之第年月日个家亩元斤“”()、-到全部覆盖无 \n", max_size=60)
)
def test_any_text_is_read_without_an_error_and_every_offset_lies_in_it(text: str) -> None:
    found, aside = mentions(plain(text))
    assert all(0 <= m.start < m.end <= len(text) for m in found)
    assert all(text[n.start : n.end] for n in aside)


@given(st.text(max_size=80))
def test_plain_text_has_the_length_of_the_text(text: str) -> None:
    assert len(plain(text)) == len(text)


def test_a_long_text_without_stops_takes_no_longer_than_its_length_warrants() -> None:
    found, _ = mentions("收入3万元" * 5000)
    assert len(found) == 5000
