-- meaning: What is worth marking on the time axis, and what is aimed for
-- grain: one row per milestone; the newest file speaks
-- role: coordinator
-- parameters: none
-- returns: core.milestone
with told as (
    select
        *,
        md5(concat_ws('|', 'milestone', title, happened_on, coalesce(kind, ''), coalesce(metric, '')))::uuid as milestone_id,
        {'at': received_at, 'file': sha256, 'line': line, 'part': part} as place_in_time
    from staging.milestone
),

newest as (
    select
        milestone_id, any_value(title) as title, any_value(kind) as kind, any_value(happened_on) as happened_on,
        arg_max(event_id, place_in_time) as written_id,
        any_value(metric) as metric,
        arg_max(value, place_in_time) as value,
        arg_max(owner, place_in_time) as owner
    from told
    group by milestone_id
),

entry as (
    select lower(written_id) as written_id, min(event_id) as session_id
    from core.event
    join core.session on session.session_id = event.event_id
    group by lower(written_id)
)

select milestone_id, newest.title, newest.kind, newest.happened_on, entry.session_id, newest.metric, newest.value, newest.owner
from newest
left join entry on entry.written_id = lower(newest.written_id)
