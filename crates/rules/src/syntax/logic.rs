//! The grammar of `and`, `or`, `not` and parentheses, with a stack of its own.
//!
//! The depth is counted as upstream does, where each rule of the grammar is a level: what is refused
//! there is refused here.

use super::{
    Expr,
    parser::{Parsed, Parser},
};

/// An expression between parentheses, or the whole.
struct Level {
    /// What is between `or`, so far.
    or: Vec<Expr>,
    /// What is between `and`, so far.
    and: Vec<Expr>,
    /// Where it began.
    opened: Opened,
    /// How deep the grammar is nested at its `or`; `and`, `not` and checks are one deeper each.
    depth: usize,
}

/// What stood before an opening parenthesis.
enum Opened {
    /// Nothing: it is the whole condition.
    Whole,
    /// `(`, `not (` or `not(`: whether the opposite is meant.
    Operand(bool),
    /// `and(`
    And,
    /// `or(`
    Or,
}

/// What comes next.
enum Step {
    /// Something to compare, or an opening parenthesis.
    Operand,
    /// `and`, behind this.
    And(Expr),
    /// `or`, behind this.
    Or(Expr),
    /// The end of the level, which is this.
    End(Expr),
}

impl Level {
    const fn new(opened: Opened, depth: usize) -> Self {
        Self { or: Vec::new(), and: Vec::new(), opened, depth }
    }
}

impl Parser<'_, '_> {
    /// A whole condition.
    pub(super) fn logic(mut self) -> Parsed<Expr> {
        if self.lexer.is_done() {
            return Err(self.error("filter input string is empty"));
        }
        let mut outer = Vec::new();
        let mut level = Level::new(Opened::Whole, 1);
        let mut step = Step::Operand;
        loop {
            self.lexer.blank();
            let (next, inner) = match step {
                Step::Operand => self.operand(level.depth)?,
                Step::And(part) => self.and(&mut level, part)?,
                Step::Or(part) => self.or(&mut level, part)?,
                Step::End(expr) => {
                    let Some(parent) = outer.pop() else {
                        self.end()?;
                        return Ok(expr);
                    };
                    self.expect(")", "expected a ')' token")?;
                    let closed = std::mem::replace(&mut level, parent);
                    step = match closed.opened {
                        Opened::Operand(negated) => Step::And(negate(expr, negated)),
                        Opened::Whole | Opened::And => Step::And(expr),
                        Opened::Or => Step::Or(expr),
                    };
                    continue;
                }
            };
            step = next;
            if let Some(inner) = inner {
                self.depth = inner.depth;
                self.nested(|_| Ok(()))?;
                outer.push(std::mem::replace(&mut level, inner));
            }
        }
    }

    fn operand(&mut self, depth: usize) -> Parsed<(Step, Option<Level>)> {
        let mut negated = false;
        while self.lexer.not_blank() {
            negated = !negated;
        }
        if self.lexer.literal("not(") {
            return Ok((Step::Operand, Some(Level::new(Opened::Operand(!negated), depth + 4))));
        }
        if self.lexer.literal("(") {
            return Ok((Step::Operand, Some(Level::new(Opened::Operand(negated), depth + 5))));
        }
        self.depth = depth + 2;
        let check = self.check()?;
        Ok((Step::And(negate(check, negated)), None))
    }

    fn and(&mut self, level: &mut Level, part: Expr) -> Parsed<(Step, Option<Level>)> {
        level.and.push(part);
        if self.lexer.literal("and") {
            return self.behind("and", Level::new(Opened::And, level.depth + 3));
        }
        Ok((Step::Or(joined(std::mem::take(&mut level.and), Expr::And)), None))
    }

    fn or(&mut self, level: &mut Level, part: Expr) -> Parsed<(Step, Option<Level>)> {
        level.or.push(part);
        if self.lexer.literal("or") {
            return self.behind("or", Level::new(Opened::Or, level.depth + 2));
        }
        Ok((Step::End(joined(std::mem::take(&mut level.or), Expr::Or)), None))
    }

    /// Behind `and` and `or` stands a blank or a parenthesis.
    fn behind(&mut self, word: &str, inner: Level) -> Parsed<(Step, Option<Level>)> {
        if self.lexer.blank() {
            Ok((Step::Operand, None))
        } else if self.lexer.literal("(") {
            Ok((Step::Operand, Some(inner)))
        } else {
            Err(self.error(format!("expected blank or '(' after '{word}'")))
        }
    }
}

fn negate(expr: Expr, negated: bool) -> Expr {
    if negated { Expr::Not(Box::new(expr)) } else { expr }
}

/// One part is itself.
fn joined(mut parts: Vec<Expr>, join: fn(Vec<Expr>) -> Expr) -> Expr {
    match (parts.pop(), parts.is_empty()) {
        (Some(only), true) => only,
        (Some(last), false) => {
            parts.push(last);
            join(parts)
        }
        (None, _) => join(parts),
    }
}
