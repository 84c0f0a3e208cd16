-- meaning: How many people two channels reach together at least and at most; who follows both is not known
-- grain: one row per pair of channels, by their latest figures; members is the network itself
-- role: communication
-- parameters: none
-- returns:
--   channel_a text: The larger channel
--   channel_b text: The smaller one
--   lower integer people: At least: everybody of the smaller is in the larger too
--   upper integer people: At most: nobody is in both
--   value_a integer people: Latest figure of the larger channel
--   value_b integer people: Latest figure of the smaller channel
--   measured_a date: Day of the larger channel's figure
--   measured_b date: Day of the smaller channel's figure
with stock as (
    select channel, max({'on': measured_on, 'value': value}) as latest
    from core.reach
    cross join core.network
    where kind = 'stock' and measured_on <= as_of
    group by channel
),

counted as (
    select channel, latest.value::bigint as value, latest.on as measured_on
    from stock
    union all
    select 'members', sum(started - ended)::bigint, any_value(as_of)
    from marts.growth_day
    cross join core.network
    where working_group is null and audience is null and day <= as_of
    having count(*) > 0
)

select
    larger.channel as channel_a, smaller.channel as channel_b,
    larger.value as lower, larger.value + smaller.value as upper,
    larger.value as value_a, smaller.value as value_b,
    larger.measured_on as measured_a, smaller.measured_on as measured_b
from counted as larger
join counted as smaller
    on larger.value > smaller.value or (larger.value = smaller.value and larger.channel < smaller.channel)
order by larger.value desc, larger.channel, smaller.value desc, smaller.channel
