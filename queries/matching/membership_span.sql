-- meaning: What each source last said about each membership
-- grain: one row per person, working group, source and start
-- role: coordinator
-- parameters: none
-- returns: staging.membership_span
with said as (
    select person_id, working_group, source, joined_on, left_on, received_at
    from core.listing
    where feed = 'membership' and (left_on is null or joined_on is null or left_on >= joined_on)
    union all
    select person_id, null, source, joined_on, null, received_at
    from core.listing
    where feed = 'contact' and (select connections from core.network) = 'members'
),

-- Told more than once: the newest file wins; within one run, a known end wins. Both are compared as one number:
-- the milliseconds, and in its last 22 bits the day of the end, counted from the year 1.
told as (
    select
        person_id, working_group, joined_on,
        max((epoch_ms(received_at)::ubigint << 22) + coalesce(left_on - date '0001-01-01' + 1, 0)::ubigint) as newest,
        min(received_at) as first_received_at
    from said
    group by person_id, working_group, source, joined_on
),

ended as (
    select
        person_id, working_group, joined_on, first_received_at,
        date '0001-01-01' - 1 + nullif(newest & 4194303, 0)::integer as left_on
    from told
)

select
    person_id, working_group,
    case
        when joined_on is not null then joined_on
        else least(timezone(network.time_zone, timezone('UTC', first_received_at))::date, left_on - 1)
    end as starts_on,
    case when left_on = joined_on then left_on + 1 else left_on end as ends_on,
    joined_on is not null as start_is_known
from ended
cross join core.network
