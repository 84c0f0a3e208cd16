-- meaning: How many a channel reached on a day
-- grain: one row per channel, measure and day; the newest file speaks
-- role: coordinator
-- parameters: none
-- returns: core.reach
with told as (
    select
        channel, coalesce(measure, 'people') as measure, coalesce(kind, 'stock') as kind, measured_on, value,
        {'at': received_at, 'file': sha256, 'line': line, 'part': part} as place_in_time
    from staging.reach
    union all
    select
        'linkedin_connections', 'contacts', 'stock',
        timezone(network.time_zone, timezone('UTC', received_at))::date,
        count(*),
        {'at': received_at, 'file': sha256, 'line': 0, 'part': 0}
    from staging.contact
    cross join core.network
    where network.connections = 'counts'
    group by all
)

select channel, measure, kind, measured_on, arg_max(value, place_in_time) as value
from told
group by channel, measure, kind, measured_on
