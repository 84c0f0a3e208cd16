-- meaning: How many each channel reached, day by day; channels are never added up
-- grain: one row per channel, measure, kind and day
-- role: communication
-- parameters:
--   channel text = null: One channel; none means all
--   kind choice(stock, flow) = null: Only what is there on a day (stock), or only what came (flow)
-- returns:
--   channel text: Channel
--   measure text: What is counted
--   kind text: stock or flow
--   measured_on date: Day of the figure
--   value number: The figure
select channel, measure, kind, measured_on, value
from core.reach
cross join core.network
where measured_on <= as_of
    and ($channel::varchar is null or channel = $channel::varchar)
    and ($kind::varchar is null or kind = $kind::varchar)
order by channel, measure, kind, measured_on
