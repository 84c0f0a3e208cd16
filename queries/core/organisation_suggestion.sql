-- meaning: Two names that may well mean one organisation, and why; people decide
-- grain: one row per pair of organisations
-- role: coordinator
-- parameters: none
-- returns: core.organisation_suggestion
with named as (
    select
        organisation_of.organisation_id,
        any_value(organisation_of.plain_name) as plain_name,
        any_value(organisation.name) as name
    from staging.organisation_of
    join core.organisation using (organisation_id)
    where not organisation_of.is_independent
    group by organisation_of.organisation_id
),

-- Words that say what kind of institution it is tell no two of them apart.
worded as (
    select
        organisation_id, plain_name, name,
        list_sort(list_filter(string_split(plain_name, ' '), lambda word: length(word) > 2 and word not in (
            'hogeschool', 'universiteit', 'university', 'applied', 'sciences', 'college', 'school', 'roc', 'mbo', 'aoc',
            'stichting', 'gemeente', 'provincie', 'ministerie', 'het', 'voor', 'van', 'the', 'for', 'and', 'der', 'den'
        ))) as words,
        array_to_string(list_transform(string_split(plain_name, ' '), lambda word: word[1]), '') as initials
    from named
),

word as (
    select organisation_id, unnest(words) as word from worded
),

rare_word as (
    select word from word group by word having count(*) between 2 and 20
),

written_from as (
    select affiliation.organisation_id, staging.organisation_domain('email:' || lower(person.email)) as domain
    from core.affiliation
    join core.person using (person_id)
    where affiliation.ends_on is null
),

own_domain as (
    select organisation_id, domain
    from written_from
    group by organisation_id, domain
    qualify domain is not null and count(*) >= 2 and count(*) >= 0.5 * sum(count(*)) over (partition by organisation_id)
),

-- The domain of a provider, where people of many organisations have an address, tells nothing.
shared_domain as (
    select organisation_id, domain from own_domain
    qualify count(*) over (partition by domain) <= 3
),

near as (
    select one.organisation_id as one, other.organisation_id as other, null::varchar as domain
    from word as one
    join word as other on one.word = other.word and one.organisation_id < other.organisation_id
    semi join rare_word on rare_word.word = one.word
    union
    select least(short.organisation_id, long.organisation_id), greatest(short.organisation_id, long.organisation_id), null
    from worded as short
    join worded as long on short.plain_name = long.initials
    where length(long.initials) >= 3
    union
    select one.organisation_id, other.organisation_id, one.domain
    from shared_domain as one
    join shared_domain as other on one.domain = other.domain and one.organisation_id < other.organisation_id
),

paired as (
    select one, other, max(domain) as domain from near group by one, other
),

weighed as (
    select
        a.organisation_id as organisation_a_id, b.organisation_id as organisation_b_id,
        a.name as name_a, b.name as name_b, paired.domain,
        a.words = b.words and len(a.words) > 0 as same_words,
        len(a.words) > 0 and len(b.words) > 0
            and (list_has_all(a.words, b.words) or list_has_all(b.words, a.words)) as words_within,
        (a.initials = b.plain_name or b.initials = a.plain_name) and least(length(a.plain_name), length(b.plain_name)) >= 3
            as is_initials,
        jaro_winkler_similarity(a.plain_name, b.plain_name) as likeness
    from paired
    join worded as a on a.organisation_id = paired.one
    join worded as b on b.organisation_id = paired.other
    where not exists (
        from staging.organisation_apart as apart
        where (apart.one = a.plain_name and apart.other = b.plain_name)
            or (apart.one = b.plain_name and apart.other = a.plain_name)
    )
)

select
    organisation_a_id, organisation_b_id, name_a, name_b,
    round(greatest(
        case when same_words then 0.95 else 0 end,
        case when words_within then 0.8 else 0 end,
        case when is_initials then 0.85 else 0 end,
        case when likeness >= 0.92 then likeness else 0 end,
        case when domain is not null then 0.9 else 0 end
    ), 2) as score,
    array_to_string(list_filter([
        case when same_words then 'same words' end,
        case when words_within and not same_words then 'one name within the other' end,
        case when is_initials then 'initials' end,
        case when likeness >= 0.92 then 'written alike' end,
        case when domain is not null then 'mail domain ' || domain end
    ], lambda reason: reason is not null), ', ') as because
from weighed
where same_words or words_within or is_initials or likeness >= 0.92 or domain is not null
