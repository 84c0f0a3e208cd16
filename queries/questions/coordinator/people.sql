-- meaning: People by name, address or organisation, whom the network knows
-- grain: one row per person, at most fifty
-- role: coordinator
-- parameters:
--   search text = null: Words of a name, an address or an organisation; nothing finds nobody
--   person text = null: One person, by the id of the person or of any of the keys
-- returns:
--   person_id id: The person
--   full_name text: Name as last written
--   email text: An e-mail address
--   organisation text: Organisation now
--   unit text: Unit within the organisation
--   member_since date: First day of the membership that runs, else of the last one
--   since_is_known boolean: Whether a file says that day
--   member_until date: First day on which no longer a member; empty while the membership runs
--   is_member boolean: Whether a member on the as-of date
--   last_seen date: Day of the last meeting attended, or of the last registration, text or list before it
--   found integer persons: How many people the search finds in all
with asked as (
    select
        try_cast($person as uuid) as person_asked,
        regexp_replace(lower(strip_accents($search::varchar)), '[^a-z0-9]', '', 'g') as joined,
        list_filter(
            regexp_split_to_array(lower(strip_accents($search::varchar)), '[\s,()"]+'), word -> word <> ''
        ) as words
),

-- A particle or an initial says little: with another word beside it, it need not be there.
sought as (
    select
        *,
        list_filter(
            words,
            word -> length(rtrim(word, '.')) > 1
                and not list_contains(
                    ['van', 'von', 'de', 'der', 'den', 'het', 'ten', 'ter', 'te', 'op', 'aan', 'in', 'la', 'le', 'du',
                        'v.d', 'v.d.', 'vd', 'vd.', 'v/d', '''t'],
                    word
                )
        ) as telling
    from asked
),

wanted as (
    select person_asked, joined, words as spoken, if(len(telling) > 0, telling, words) as words
    from sought
),

employer as (
    select affiliation.person_id, organisation.name as organisation, affiliation.unit
    from core.affiliation
    join core.organisation using (organisation_id)
    where affiliation.ends_on is null
),

told as (
    select
        person_id,
        lower(strip_accents(concat_ws(' ', full_name, email, organisation, unit))) as plain,
        lower(strip_accents(full_name)) as plain_name
    from core.person
    left join employer using (person_id)
    union all
    select person_id, lower(strip_accents(concat_ws(' ', name, email, linkedin_url))), lower(strip_accents(name))
    from core.person_writing
),

hit as (
    select
        told.person_id,
        -- How many of all words begin a part of a name: those of people called so come first.
        max(len(list_filter(wanted.spoken, word -> contains(' ' || coalesce(told.plain_name, ''), ' ' || word)))) as named
    from told
    cross join wanted
    where wanted.person_asked is null
        and len(wanted.words) > 0
        and len(list_filter(wanted.words, word -> length(word) > 1)) > 0
        and (
            len(list_filter(wanted.words, word -> not contains(told.plain, word))) = 0
            or (
                length(wanted.joined) > 2
                and contains(regexp_replace(told.plain_name, '[^a-z0-9]', '', 'g'), wanted.joined)
            )
        )
    group by told.person_id
    union all
    select distinct person_id, 0
    from core.person_key
    cross join wanted
    where wanted.person_asked is not null and (person_id = wanted.person_asked or handle = wanted.person_asked)
),

known as (
    select person_id, full_name, email, named
    from hit
    join core.person using (person_id)
),

shown as (
    select known.*, total.found
    from known
    cross join (select count(*) as found from known) as total
    order by named desc, lower(strip_accents(full_name)) nulls last, person_id
    limit 50
),

stretch as (
    select person_id, max({'from': starts_on, 'known': start_is_known, 'to': coalesce(ends_on, date '9999-12-31')}) as last
    from core.membership
    semi join shown using (person_id)
    group by person_id
),

seen as (
    select person_id, max(seen_on) as last_seen
    from (
        select person_id, held_on as seen_on
        from core.attendance
        join core.session using (session_id)
        where was_present
        union all
        select person_id, timezone(time_zone, timezone('UTC', coalesce(registered_at, starts_at)))::date
        from core.registration
        join core.session using (session_id)
        cross join core.network
        union all
        select person_id, timezone(time_zone, timezone('UTC', contributed_at))::date
        from core.contribution
        cross join core.network
        union all
        select person_id, coalesce(joined_on, timezone(time_zone, timezone('UTC', received_at))::date)
        from core.listing
        cross join core.network
    )
    semi join shown using (person_id)
    cross join core.network
    where seen_on <= as_of
    group by person_id
)

select
    shown.person_id, shown.full_name, shown.email, employer.organisation, employer.unit,
    stretch.last.from as member_since, stretch.last.known as since_is_known,
    nullif(stretch.last.to, date '9999-12-31') as member_until,
    coalesce(stretch.last.from <= as_of and stretch.last.to > as_of, false) as is_member,
    seen.last_seen, shown.found
from shown
cross join core.network
left join employer using (person_id)
left join stretch using (person_id)
left join seen using (person_id)
order by named desc, lower(strip_accents(full_name)) nulls last, person_id
