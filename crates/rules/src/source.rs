//! Where events come from, seen by the engine: fields and kinds of events.

use bumpalo::Bump;

use crate::{
    field::{Arg, ArgRule, FieldDef, FieldType},
    value::Value,
};

/// One kind of events: system calls, CloudTrail records. Implemented by a type without values; the
/// engine is generic over it, so that reading a field is a direct call.
pub trait Source: Sized + 'static {
    /// All that fields of one event are read from: the event and the state behind it.
    type Event<'e>: Copy;

    /// As rules write it in `source:`.
    const NAME: &'static str;

    /// Every field, sorted by name, each once.
    fn fields() -> &'static [Field<Self>];

    /// The field whose value tells kinds of events apart, which rules are indexed by: `evt.type`.
    fn kind_field() -> Option<&'static str>;

    /// The value of that field for each kind of event: index is the kind. `None` where it depends on
    /// the event. Several kinds may have one name.
    fn kinds() -> &'static [Option<&'static str>];

    /// The words that a field takes as its argument, sorted, if not every word will do: the names of
    /// arguments of calls.
    fn words(_field: &str) -> Option<&'static [&'static str]> {
        None
    }

    /// The kind of an event: an index into [`Source::kinds`].
    fn kind(event: Self::Event<'_>) -> usize;

    /// When it happened: nanoseconds since 1970.
    fn time_ns(event: Self::Event<'_>) -> u64;
}

/// Reads a field of an event. What has to be made for it goes into the arena.
pub type Extract<S> = for<'e> fn(<S as Source>::Event<'e>, &'e Arg, &'e Bump) -> Value<'e>;

/// A field and the code that reads it.
pub struct Field<S: Source> {
    /// Name, type, argument, description.
    pub def: FieldDef,
    /// Reads it.
    pub extract: Extract<S>,
}

impl<S: Source> Field<S> {
    /// A field that our sources fill: without argument, one value, open to transformers.
    #[must_use]
    pub const fn new(
        name: &'static str,
        kind: FieldType,
        extract: Extract<S>,
        desc: &'static str,
    ) -> Self {
        let def = FieldDef {
            name,
            kind,
            is_list: false,
            arg: ArgRule::None,
            dotted: false,
            transforms: true,
            filled: true,
            desc,
        };
        Self { def, extract }
    }

    /// A field that is known, so that rules load, but that none of our sources fills.
    #[must_use]
    pub const fn known(name: &'static str, kind: FieldType, desc: &'static str) -> Self {
        let mut field = Self::new(name, kind, nothing::<S>, desc);
        field.def.filled = false;
        field
    }

    /// With an argument.
    #[must_use]
    pub const fn arg(mut self, arg: ArgRule) -> Self {
        self.def.arg = arg;
        self
    }

    /// Whose argument may also follow after a dot.
    #[must_use]
    pub const fn dotted(mut self) -> Self {
        self.def.dotted = true;
        self
    }

    /// With several values.
    #[must_use]
    pub const fn list(mut self) -> Self {
        self.def.is_list = true;
        self
    }

    /// To which transformers may not be applied.
    #[must_use]
    pub const fn opaque(mut self) -> Self {
        self.def.transforms = false;
        self
    }
}

fn nothing<'e, S: Source>(_: S::Event<'e>, _: &'e Arg, _: &'e Bump) -> Value<'e> {
    Value::Null
}

// Not derived: that would demand it of the source, which has no values.
impl<S: Source> Clone for Field<S> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<S: Source> Copy for Field<S> {}

impl<S: Source> std::fmt::Debug for Field<S> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Field").field("def", &self.def).finish_non_exhaustive()
    }
}

/// A source without its code: what loading and checking rules needs to know.
#[derive(Debug, Clone)]
pub struct SourceDef {
    /// As rules write it in `source:`.
    pub name: &'static str,
    /// Its fields, sorted by name.
    pub fields: Vec<&'static FieldDef>,
    /// See [`Source::kind_field`].
    pub kind_field: Option<&'static str>,
    /// The names that the kind field can have, sorted, each once.
    pub kinds: Vec<&'static str>,
    /// See [`Source::words`].
    pub words: fn(&str) -> Option<&'static [&'static str]>,
}

impl SourceDef {
    /// The definition of a source.
    #[must_use]
    pub fn of<S: Source>() -> Self {
        let fields = S::fields().iter().map(|field| &field.def).collect();
        let mut kinds: Vec<&'static str> = S::kinds().iter().copied().flatten().collect();
        kinds.sort_unstable();
        kinds.dedup();
        Self { name: S::NAME, fields, kind_field: S::kind_field(), kinds, words: S::words }
    }

    /// The definition of a field by its name without argument.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&'static FieldDef> {
        let at = self.fields.binary_search_by(|field| field.name.cmp(name)).ok()?;
        self.fields.get(at).copied()
    }
}

/// The sources that rules may be for, and the plugins that are as good as there.
#[derive(Debug, Clone, Default)]
pub struct Catalog {
    /// Sources, by name.
    pub sources: Vec<SourceDef>,
    /// What `required_plugin_versions` is compared with: name and version.
    pub plugins: Vec<(&'static str, &'static str)>,
}

impl Catalog {
    /// The source of that name.
    #[must_use]
    pub fn source(&self, name: &str) -> Option<&SourceDef> {
        self.sources.iter().find(|source| source.name == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Words, with the number of letters as a field.
    struct Words;

    static FIELDS: &[Field<Words>] = &[
        Field::<Words>::new("word.letters", FieldType::Uint64, letters, "letters of the word")
            .opaque(),
        Field::known("word.origin", FieldType::Charbuf, "language it is from"),
    ];

    fn letters<'e>(word: &'e str, _: &'e Arg, _: &'e Bump) -> Value<'e> {
        Value::Uint(word.len() as u64)
    }

    impl Source for Words {
        type Event<'e> = &'e str;
        const NAME: &'static str = "words";

        fn fields() -> &'static [Field<Self>] {
            FIELDS
        }
        fn kind_field() -> Option<&'static str> {
            None
        }
        fn kinds() -> &'static [Option<&'static str>] {
            &[None]
        }
        fn kind(_: &str) -> usize {
            0
        }
        fn time_ns(_: &str) -> u64 {
            0
        }
    }

    #[test]
    fn a_source_reads_its_fields_and_tells_about_them() {
        let (bump, arg) = (Bump::new(), Arg::new("/a~1b/0"));
        let read = FIELDS[0].extract;
        assert_eq!(read("abc", &arg, &bump), Value::Uint(3));
        assert_eq!((FIELDS[1].extract)("abc", &arg, &bump), Value::Null);
        assert!(FIELDS[0].def.filled && !FIELDS[1].def.filled);
        assert_eq!(arg.pointer, ["a/b", "0"]);
        let def = SourceDef::of::<Words>();
        assert!(def.field("word.letters").is_some() && def.field("word").is_none());
        assert!(def.kinds.is_empty());
    }
}
