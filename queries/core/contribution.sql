-- meaning: What people asked and gave
-- grain: one row per text
-- role: coordinator
-- parameters: none
-- returns: core.contribution
with entry as (
    select
        event_id as session_id, lower(written_id) as written_id, staging.plain_title(title) as plain_title, starts_at
    from core.event
    union all
    select session_id, null, staging.plain_title(title), starts_at
    from core.session
    where not is_on_agenda
),

told as (
    select *, md5(concat_ws('|', sha256, line, part))::uuid as contribution_id
    from staging.contribution
    where text is not null
),

candidate as (
    select told.contribution_id, entry.session_id, 1 as rank, abs(date_diff('second', entry.starts_at, told.contributed_at)) as apart
    from told
    join entry on entry.written_id = lower(told.event_id)
    union all
    select told.contribution_id, entry.session_id, 2, abs(date_diff('second', entry.starts_at, told.contributed_at))
    from told
    join entry on entry.plain_title = staging.plain_title(told.title)
),

placed as (
    select contribution_id, min({'rank': rank, 'apart': coalesce(apart, 0), 'id': session_id}).id as session_id
    from candidate
    where exists (select 1 from core.session where session.session_id = candidate.session_id)
    group by contribution_id
)

select
    told.contribution_id, placed.session_id, person_of.person_id, told.text, coalesce(told.kind, 'question') as kind,
    told.theme, told.working_group, told.audience, told.contributed_at, told.document
from told
left join placed using (contribution_id)
left join staging.person_of using (identity)
