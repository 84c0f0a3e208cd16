-- meaning: Every meeting on the agenda, as last told
-- grain: one row per meeting and source
-- role: coordinator
-- parameters: none
-- returns: core.event
with told as (
    select
        event.* exclude (working_group),
        case when spelling.as_written is not null then spelling.name else event.working_group end as working_group,
        -- a title in another script, or of signs alone, has no plain one
        md5('event:' || source || '|' || coalesce(
            'id:' || lower(event_id), coalesce(staging.plain_title(title), lower(title)) || '|' || starts_at
        ))::uuid as event_key,
        {'at': received_at, 'file': sha256, 'line': line, 'part': part} as place_in_time
    from staging.event as event
    left join staging.group_spelling as spelling on spelling.as_written = event.working_group
    where coalesce(event_id, title) is not null and starts_at is not null
),

moved as (
    select *, arg_max(starts_at, place_in_time) over (partition by event_key) as starts_now
    from told
)

select
    event_key as event_id,
    any_value(source) as source,
    arg_max(event_id, place_in_time) as written_id,
    coalesce(arg_max(title, place_in_time), arg_max(event_id, place_in_time)) as title,
    arg_max(starts_at, place_in_time) as starts_at,
    -- the end of another day, told before the meeting was moved, is not the end of this one
    arg_max(ends_at, place_in_time) filter (starts_at = starts_now and ends_at >= starts_now) as ends_at,
    arg_max(kind, place_in_time) as kind,
    arg_max(working_group, place_in_time) as working_group,
    arg_max(audience, place_in_time) as audience,
    arg_max(mode, place_in_time) as mode,
    arg_max(place, place_in_time) as place,
    arg_max(theme, place_in_time) as theme,
    arg_max(series, place_in_time) as series,
    arg_max(headcount, place_in_time) as headcount,
    coalesce(arg_max(headcount_is_approximate, place_in_time), false) as headcount_is_approximate,
    arg_max(status, place_in_time) as status,
    arg_max(url, place_in_time) as url
from moved
group by event_key
