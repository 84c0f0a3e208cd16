-- meaning: What people asked and gave
-- grain: one row per text; several questions in one text are a row each
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
    if(
        coalesce(text_unit.unit, 0) = 0, told.contribution_id, md5(concat_ws('|', told.contribution_id, text_unit.unit))::uuid
    ) as contribution_id,
    told.contribution_id as given_id,
    placed.session_id, person_of.person_id, coalesce(text_unit.text, told.text) as text,
    coalesce(told.kind, 'question') as kind, told.question,
    told.theme,
    case when spelling.as_written is not null then spelling.name else told.working_group end as working_group,
    told.audience, told.contributed_at, told.document,
    text_unit.text_hash, text_unit.language, coalesce(text_unit.is_filler, false) as is_filler,
    theme_member.theme_id, theme_member.second_theme_id, theme_member.assigned_by, theme_member.nearness,
    staging.file_id(told.sha256) as file_id, told.line, staging.stored(told.identity) as writing_id
from told
left join placed using (contribution_id)
left join staging.person_of using (identity)
left join staging.group_spelling as spelling on spelling.as_written = told.working_group
left join staging.text_unit
    on text_unit.sha256 = told.sha256 and text_unit.part = told.part and text_unit.line = told.line
left join staging.theme_member
    on theme_member.text_hash = text_unit.text_hash and not text_unit.is_filler
