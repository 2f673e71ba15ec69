package dev.whit.tokenizer.jinja;

import dev.whit.tokenizer.ChatTemplate;
import dev.whit.tokenizer.ChatTemplateException;
import java.time.Clock;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;

/**
 * A chat template in the Jinja2 that Hugging Face transformers renders with: its sandbox, {@code
 * trim_blocks}, {@code lstrip_blocks}, loop controls, {@code tojson} without HTML escapes, {@code
 * raise_exception}, {@code strftime_now} and {@code generation} blocks. The text is the same, byte
 * for byte.
 *
 * <p>Parsed once and then immutable. A rendering is bounded in time, memory, output and depth,
 * reads nothing but its variables and the clock, and changes nothing.
 */
public final class JinjaTemplate implements ChatTemplate {
  private final String source;
  private final List<Stmt> statements;
  private final Clock clock;

  private JinjaTemplate(String source, List<Stmt> statements, Clock clock) {
    this.source = source;
    this.statements = statements;
    this.clock = clock;
  }

  /**
   * Parses a template.
   *
   * @throws ChatTemplateException with the line, for what is not Jinja or not supported
   */
  public static JinjaTemplate parse(String source) {
    return parse(source, Clock.system(ZoneId.systemDefault()));
  }

  /** Parses a template whose {@code strftime_now} asks this clock, in its zone. */
  public static JinjaTemplate parse(String source, Clock clock) {
    return new JinjaTemplate(source, Parser.parse(source), clock);
  }

  @Override
  public String source() {
    return source;
  }

  @Override
  public String render(Map<String, ?> variables) {
    return render(variables, new Budget());
  }

  String render(Map<String, ?> variables, Budget budget) {
    Renderer renderer = new Renderer(budget);
    try {
      Scope scope = Globals.scope(budget, clock).child();
      variables.forEach((name, value) -> scope.set(name, InputValues.of(value)));
      return renderer.render(statements, scope.child());
    } catch (EvaluationException e) {
      throw Parser.error(renderer.line(), String.valueOf(e.getMessage()));
    }
  }
}
