//! `farguard rules` as a user runs it.

mod check;
mod show;
mod test;

use crate::support::{Run, World};

/// One rule of two macros and a list, and one that is off.
const GOOD: &str = r#"- list: shells
  items: [bash, sh]
- macro: spawned
  condition: evt.type in (execve, execveat)
- macro: shell_started
  condition: spawned and proc.name in (shells)
- rule: Shell started
  desc: A shell is started by the web server.
  condition: shell_started and proc.pname = nginx
  output: a shell (user=%user.name command=%proc.cmdline)
  priority: WARNING
  tags: [shell, T1059]
- rule: Quiet
  desc: Off.
  condition: evt.type = open and fd.name startswith /etc
  output: "opened %fd.name | or so"
  priority: INFO
  enabled: false
"#;

/// A rule with a field that there is not, and one that is right.
const BAD: &str = "- rule: Reads
  desc: d
  condition: evt.type = open and proc.nmae = cat
  output: o
  priority: INFO
- rule: Fine
  desc: d
  condition: evt.type = open
  output: o
  priority: INFO
";

fn world() -> World {
    let world = World::empty();
    world.write("good.yaml", GOOD);
    world.write("bad.yaml", BAD);
    world
}

/// Runs `farguard rules ARGS`, which must end with that code.
fn rules(world: &World, code: i32, args: &[&str]) -> Run {
    let run = world.farguard(&[&["rules"], args].concat());
    assert_eq!(run.code, code, "{args:?}: {}{}", run.stdout, run.stderr);
    run
}
