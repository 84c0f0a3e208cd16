-- meaning: What each source last said about each membership
-- grain: one row per person, working group, source and start
-- role: coordinator
-- parameters: none
-- returns: staging.membership_span
with said as (
    select
        person_id, working_group, source, joined_on, left_on, received_at,
        (timezone(network.time_zone, timezone('UTC', received_at)))::date as seen_on
    from staging.membership
    join staging.person_of using (identity)
    cross join core.network
    where left_on is null or joined_on is null or left_on >= joined_on
    union all
    select
        person_id, null, source, connected_on, null, received_at,
        (timezone(network.time_zone, timezone('UTC', received_at)))::date
    from staging.contact
    join staging.person_of using (identity)
    cross join core.network
    where network.connections = 'members'
),

grouped as (
    select
        person_id, working_group, source, joined_on,
        count(*) as times,
        any_value(left_on) as left_on,
        min(seen_on) as seen_on,
        max(received_at) as received_at
    from said
    group by person_id, working_group, source, joined_on
),

-- Told more than once: the newest file wins; within one run, a known end wins.
newest as (
    select
        grouped.person_id, grouped.working_group, grouped.source, grouped.joined_on, grouped.seen_on,
        max(said.left_on) as left_on
    from grouped
    join said
        on said.person_id = grouped.person_id
        and said.source = grouped.source
        and said.working_group is not distinct from grouped.working_group
        and said.joined_on is not distinct from grouped.joined_on
        and said.received_at = grouped.received_at
    where grouped.times > 1
    group by all
),

told as (
    select person_id, working_group, joined_on, left_on, seen_on from grouped where times = 1
    union all
    select person_id, working_group, joined_on, left_on, seen_on from newest
)

select
    person_id, working_group,
    coalesce(joined_on, least(seen_on, left_on - 1)) as starts_on,
    case when left_on = joined_on then left_on + 1 else left_on end as ends_on,
    joined_on is not null as start_is_known
from told
