use proptest::prelude::*;

use super::*;
use crate::ast::{Body, Command, Keyword};

fn read(text: &str) -> (Source, BuildFile) {
    let source = Source::new(text.as_bytes());
    let file = parse(&source);
    (source, file)
}

/// The instructions, one a line: keyword, flags, parts.
fn outline(text: &str) -> String {
    let (_, file) = read(text);
    let lines: Vec<String> = file.instructions.iter().map(describe).collect();
    lines.join("\n")
}

fn describe(instruction: &crate::ast::Instruction) -> String {
    let list = |words: &[crate::ast::Word]| {
        words.iter().map(|word| format!("<{}>", word.text)).collect::<Vec<_>>().join(" ")
    };
    let name = format!("{:?}", instruction.keyword);
    let flags: String =
        instruction.flags.iter().map(|f| format!(" --{}={:?}", f.name, f.value)).collect();
    let body = match &instruction.body {
        Body::From { image, alias } => {
            let text = |word: &Option<crate::ast::Word>| word.as_ref().map(|w| w.text.clone());
            format!("{:?} as {:?}", text(image), text(alias))
        }
        Body::Pairs(pairs) => pairs
            .iter()
            .map(|pair| {
                format!("<{}>=<{}>", pair.name.text, pair.value.as_ref().map_or("-", |v| &v.text))
            })
            .collect::<Vec<_>>()
            .join(" "),
        Body::Command(Command::Exec(words)) => format!("exec {}", list(words)),
        Body::Command(Command::Shell) => format!("shell {}", instruction.arguments()),
        Body::NoHealthCheck => "none".to_owned(),
        Body::Transfer { sources, target } => {
            format!("{} to <{}>", list(sources), target.as_ref().map_or("-", |word| &word.text))
        }
        Body::OnBuild(later) => later.as_deref().map_or("-".to_owned(), describe),
        Body::Words(words) => list(words),
    };
    let heredocs: String = instruction
        .heredocs
        .iter()
        .map(|heredoc| format!(" {}:{}:{:?}", heredoc.name, heredoc.expand, heredoc.text()))
        .collect();
    format!("{name}{flags} {body}{heredocs}")
}

#[track_caller]
fn check(text: &str, expect: &str) {
    assert_eq!(outline(text), expect, "{text}");
}

#[test]
fn instructions_are_split_into_their_parts() {
    check(
        "from --platform=linux/amd64 a:1 aS b",
        "From --platform=Some(\"linux/amd64\") Some(\"a:1\") as Some(\"b\")",
    );
    check("ENV A=1 B=\"x y\" C=a\\ b", "Env <A>=<1> <B>=<\"x y\"> <C>=<a\\ b>");
    check("ENV NAME  the rest = all", "Env <NAME>=<the rest = all>");
    check("ARG A B=2", "Arg <A>=<-> <B>=<2>");
    check("LABEL a='b c' d=e", "Label <a>=<'b c'> <d>=<e>");
    check(
        "COPY --from=x --chown=1:1 a b /c/",
        "Copy --from=Some(\"x\") --chown=Some(\"1:1\") <a> <b> to </c/>",
    );
    check("COPY [\"a b\", \"/c\\u0041\"]", "Copy <a b> to </cA>");
    check("CMD [\"a\", 1]", "Cmd shell [\"a\", 1]");
    check("CMD [ ]", "Cmd exec ");
    check(
        "HEALTHCHECK --interval=5s CMD curl x",
        "HealthCheck --interval=Some(\"5s\") shell curl x",
    );
    check("HEALTHCHECK NONE", "HealthCheck none");
    check(
        "ONBUILD RUN --mount=type=cache,target=/x make",
        "OnBuild Run --mount=Some(\"type=cache,target=/x\") shell make",
    );
    check("EXPOSE 80 443/tcp", "Expose <80> <443/tcp>");
    check("VOLUME [\"/a\", \"/b\"]", "Volume </a> </b>");
    check("ONBUILD ONBUILD RUN x", "OnBuild OnBuild -");
}

#[test]
fn lines_are_joined() {
    check("RUN a \\\n  b", "Run shell a   b");
    check("RUN a \\  \n# no\n\n  # no\n b \\\n", "Run shell a  b");
    check("RUN a \\\\\nRUN b", "Run shell a \\\\\nRun shell b");
    check("\r\nRUN a \\\r\nb\r\n\r\nCMD c\r\n", "Run shell a b\nCmd shell c");
    check("# escape=`\nRUN a `\n b\\\nRUN c", "Run shell a  b\\\nRun shell c");
    check("#\n# escape=`\nRUN a \\\nb", "Run shell a b");
    check("\u{feff}FROM a", "From Some(\"a\") as None");
}

#[test]
fn heredocs_are_read() {
    check("RUN <<EOF\na\n b\nEOF\nRUN c", "Run shell <<EOF EOF:true:\"a\\n b\\n\"\nRun shell c");
    check("RUN <<-'E'\n\ta\n\tE\n", "Run shell <<-'E' E:false:\"a\\n\"");
    check(
        "COPY <<a <<\"b\" /dir/\n1\na\n2\nb\nRUN c",
        "Copy <<<a> <<<\"b\"> to </dir/> a:true:\"1\\n\" b:false:\"2\\n\"\nRun shell c",
    );
    check("RUN cat <<< word\nRUN b", "Run shell cat <<< word\nRun shell b");
    check("RUN echo '<<EOF'\nRUN b", "Run shell echo '<<EOF'\nRun shell b");
    check("ONBUILD RUN <<E\na\nE", "OnBuild Run shell <<E E:true:\"a\\n\"");
    check("ENV A=<<EOF\nRUN b", "Env <A>=<<<EOF>\nRun shell b");
}

#[test]
fn faults_name_their_place() {
    let faults = |text: &str| {
        let (source, file) = read(text);
        let told = |fault: &Fault| {
            let at = source.position(fault.span.start);
            format!("{}:{}: {}", at.line, at.column, fault.message)
        };
        file.faults.iter().map(told).collect::<Vec<_>>().join("; ")
    };
    assert_eq!(faults("FROM a\n  RUNN x"), "2:3: `RUNN` is no instruction");
    assert_eq!(faults("RUN a <<EOF\nx"), "1:7: the heredoc `EOF` is never closed");
    assert_eq!(faults("FROM"), "1:1: `FROM` names no image");
    assert_eq!(faults("COPY a"), "1:1: `COPY` needs a source and a target");
    assert_eq!(faults("SHELL bash"), "1:1: `SHELL` needs its arguments in JSON form");
    assert_eq!(faults("USER"), "1:1: `USER` has no arguments");
    assert_eq!(
        faults("#escape=x\nFROM a"),
        "1:1: the escape character must be a backslash or a backtick"
    );
    assert_eq!(faults("ONBUILD"), "1:1: `ONBUILD` is followed by no instruction");
    assert_eq!(faults("FROM a\nRUN x\nLABEL a=b"), "");
}

#[test]
fn spans_lead_to_the_file() {
    let (source, file) = read("FROM a\nCOPY --from=b \\\n  c \\\n  /d\n");
    let copy = file.instructions.get(1).unwrap();
    assert_eq!(copy.keyword, Keyword::Copy);
    let Body::Transfer { target: Some(target), .. } = &copy.body else { panic!() };
    assert_eq!(source.slice(target.span), "/d");
    assert_eq!(source.slice(copy.flags.first().unwrap().span), "--from=b");
    assert_eq!(source.position(target.span.start).line, 4);
    assert_eq!(source.slice(copy.span), "COPY --from=b \\\n  c \\\n  /d");
    let (source, file) = read("ENV A\\\nB=\"c d\" E=f");
    let Body::Pairs(pairs) = &file.instructions.first().unwrap().body else { panic!() };
    let values: Vec<&str> =
        pairs.iter().filter_map(|p| p.value.as_ref()).map(|v| source.slice(v.span)).collect();
    assert_eq!(values, ["\"c d\"", "f"]);
}

#[test]
fn too_much_is_cut() {
    let (_, file) = read(&"X\n".repeat(MAX_INSTRUCTIONS + 5));
    assert_eq!(file.instructions.len(), MAX_INSTRUCTIONS);
    assert_eq!(file.faults.len(), MAX_FAULTS + 1);
    let (_, file) = read(&"# x\n".repeat(200_000));
    assert_eq!((file.instructions.len(), file.faults.len()), (0, 0));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// What is written as an instruction is read as that instruction, however it is broken up.
    #[test]
    fn what_is_printed_is_parsed(
        words in prop::collection::vec("[a-z0-9./é]{1,8}", 2..6),
        flags in prop::collection::vec("[a-z]{1,5}=[a-z0-9]{1,5}", 0..3),
        breaks in prop::collection::vec(any::<bool>(), 8),
        json in any::<bool>(),
        backtick in any::<bool>(),
    ) {
        let escape = if backtick { '`' } else { '\\' };
        let space = |index: usize| match breaks.get(index) {
            Some(true) => format!(" {escape}\n# comment\n\n  "),
            _ => " ".to_owned(),
        };
        let mut text = if backtick { "# escape=`\nCOPY".to_owned() } else { "COPY".to_owned() };
        for flag in &flags {
            text += &format!(" --{flag}");
        }
        if json {
            let list: Vec<String> = words.iter().map(|word| format!("\"{word}\"")).collect();
            text += &format!(" [{}]", list.join(","));
        } else {
            for (index, word) in words.iter().enumerate() {
                text += &format!("{}{word}", space(index));
            }
        }
        let (source, file) = read(&text);
        prop_assert_eq!(&file.faults, &[]);
        let copy = file.instructions.first().unwrap();
        let Body::Transfer { sources, target: Some(target) } = &copy.body else { panic!() };
        let all: Vec<&str> = sources.iter().chain([target]).map(|word| word.text.as_str()).collect();
        prop_assert_eq!(all, words.iter().map(String::as_str).collect::<Vec<_>>());
        for word in sources.iter().chain([target]) {
            let written = source.slice(word.span);
            prop_assert_eq!(crate::ast::unquote(written), &word.text);
        }
        let named: Vec<String> = copy.flags.iter().map(|flag| source.slice(flag.span).to_owned()).collect();
        prop_assert_eq!(named, flags.iter().map(|flag| format!("--{flag}")).collect::<Vec<_>>());
    }

    /// Anything is read to its end, and every place is inside the file.
    #[test]
    fn spans_stay_inside(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let source = Source::new(&bytes);
        let file = parse(&source);
        for instruction in &file.instructions {
            prop_assert!(instruction.span.end <= source.text().len());
            prop_assert!(instruction.span.start <= instruction.span.end);
            prop_assert!(source.text().get(instruction.span.start..instruction.span.end).is_some());
        }
    }
}
