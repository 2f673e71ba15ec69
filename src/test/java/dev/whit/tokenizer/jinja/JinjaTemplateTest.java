package dev.whit.tokenizer.jinja;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.whit.tokenizer.ChatTemplateException;
import java.math.BigInteger;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a caller sees: input, messages with lines, and bounds that hostile templates run into. */
class JinjaTemplateTest {
  private static final String CHAT =
      """
      {%- for message in messages %}
      {{- '<|' ~ message.role ~ '|>' ~ message.content ~ '<|end|>' }}
      {% endfor %}
      {%- if add_generation_prompt %}
      {{- '<|assistant|>' }}
      {%- endif %}
      """;

  @Test
  void rendersAConversation() {
    assertThat(
            render(
                CHAT,
                Map.of(
                    "messages",
                    List.of(
                        Map.of("role", "user", "content", "Hi"),
                        Map.of("role", "assistant", "content", "Hello")),
                    "add_generation_prompt",
                    true)))
        .isEqualTo("<|user|>Hi<|end|>\n<|assistant|>Hello<|end|>\n<|assistant|>");
  }

  @Test
  void textFromAUserIsNeverATemplate() {
    String attack = "{{ 1 + 1 }}{% raise %}{# x #}{% raw %}\\n{{ messages";
    assertThat(render("{{ text }}{{ text | upper | lower }}", Map.of("text", attack)))
        .isEqualTo(attack + attack.toLowerCase(java.util.Locale.ROOT));
  }

  @Test
  void takesOverWhatCallersHave() {
    Map<String, Object> variables = new LinkedHashMap<>();
    variables.put("s", "x");
    variables.put("i", 1);
    variables.put("l", 1L << 40);
    variables.put("big", BigInteger.TEN.pow(30));
    variables.put("d", 0.5);
    variables.put("b", true);
    variables.put("n", null);
    variables.put("list", List.of(1, List.of()));
    variables.put("map", new LinkedHashMap<>(Map.of("k", 1.0)));
    assertThat(render("{{ [s, i, l, big, d, b, n, list, map] | tojson }}", variables))
        .isEqualTo(
            "[\"x\", 1, 1099511627776, 1000000000000000000000000000000, 0.5, true, null, [1, []],"
                + " {\"k\": 1.0}]");
  }

  @Test
  void refusesOtherObjects() {
    assertThatThrownBy(() -> render("x", Map.of("o", new StringBuilder())))
        .isInstanceOf(ChatTemplateException.class)
        .hasMessageContaining("StringBuilder");
  }

  @Test
  void raisesTheTemplatesOwnWords() {
    assertThatThrownBy(() -> render("a\n{{ raise_exception('System role not supported') }}"))
        .isInstanceOf(ChatTemplateException.class)
        .hasMessage("System role not supported");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          "a\n{% if %}"                            | line 2: expected an expression, got '%}'
          "{% if x %}\n\n{% for y in z %}"         | line 3: the tag is not closed: expected 'endfor' or 'else'
          "\n\n{{ 'a\nb' ! }}"                     | line 4: unexpected char '!'
          "{# a\n#}{% frob %}"                     | line 2: unknown or unexpected tag 'frob'
          "{% set x = [1, %}"                      | line 1: unexpected '}', expected ']'
          "x {# y"                                 | line 1: Missing end of comment tag
          "{{ x.y.z }}\n{{ 1 }}"                   | line 1: 'x' is undefined
          "{{ 1 }}\n{% for i in [1] %}\n{{ i + 'a' }}{% endfor %}" | line 3: unsupported operand type(s) for +: 'int' and 'str'
          "{% macro m() %}\n{{ 1 / 0 }}{% endmacro %}\n\n{{ m() }}" | line 2: division by zero
          "{% macro m() %}\n{% endmacro %}\n{{ m() + 1 }}" | line 3: can only concatenate str (not "int") to str
          "{{ 1 | nope }}"                         | line 1: No filter named 'nope'.
          """)
  void namesTheLine(String template, String message) {
    assertThatThrownBy(() -> render(template.replace("\\n", "\n")))
        .isInstanceOf(ChatTemplateException.class)
        .hasMessage("chat template, " + message);
  }

  @Test
  void asksTheClockInItsZone() {
    Clock clock = Clock.fixed(Instant.parse("2026-03-01T23:30:00Z"), ZoneId.of("Europe/Zurich"));
    assertThat(JinjaTemplate.parse("{{ strftime_now('%d %b %Y %H:%M') }}", clock).render(Map.of()))
        .isEqualTo("02 Mar 2026 00:30");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{{ 'a' * 10 ** 9 }}",
        "{{ [1] * 10 ** 9 }}",
        "{{ [10 ** 4000] * 1000000 }}",
        "{{ 10 ** (10 ** 10) }}",
        "{{ 'x' | center(10 ** 9) }}",
        "{{ 'x'.ljust(10 ** 9) }}",
        "{{ '%1000000000d' % 1 }}{{ '%999999999d' % 1 }}",
        "{{ '{:999999999}'.format(1) }}",
        "{{ 'x'.zfill(10 ** 9) }}",
        "{{ range(10 ** 9) | list }}",
        "{{ [1] | batch(10 ** 9, 0) | list }}",
        "{% for a in range(100000) %}{% for b in range(100000) %}{% endfor %}{% endfor %}",
        "{% for a in range(100000) %}{{ 'a' * 100000 }}{% endfor %}",
        "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
        "{% macro m() %}{{ m() }}{{ m() }}{% endmacro %}{{ m() }}",
        "{% for x in [1] recursive %}{{ loop([1]) }}{% endfor %}",
        "{% set n = namespace(s='aaaaaaaa') %}{% for i in range(99) %}"
            + "{% set n.s = n.s + n.s %}{% endfor %}",
        "{% set n = namespace(s='aaaaaaaa') %}{% for i in range(99) %}"
            + "{% set n.s = n.s.replace('a', 'aa') %}{% endfor %}",
        "{% set n = namespace(s='ab') %}{% for i in range(99) %}"
            + "{% set n.s = n.s.join(n.s) %}{% endfor %}",
        "{% set n = namespace(s='\\n') %}{% for i in range(99) %}"
            + "{% set n.s = n.s ~ n.s | indent(1000, true, true) %}{% endfor %}",
        "{% set n = namespace(x=[]) %}{% for i in range(99999) %}"
            + "{% set n.x = [n.x] %}{% endfor %}{{ n.x }}",
        "{% set n = namespace(x=1) %}{% for i in range(99) %}"
            + "{% set n.x = [n.x, n.x] %}{% endfor %}{{ n.x == n.x }}",
        "{% set n = namespace(x=1) %}{% for i in range(99) %}"
            + "{% set n.x = {'a': n.x, 'b': n.x} %}{% endfor %}{{ n.x | tojson(indent=4) }}",
        "{% set n = namespace(x=1) %}{% for i in range(99) %}"
            + "{% set n.x = (n.x, n.x) %}{% endfor %}{{ {n.x: 1} }}",
        "{% set a = 'a' * 8000000 %}{% for i in range(99999) %}{{ (a ~ 'b') in a }}{% endfor %}",
        "{% set a = 'a' * 4000000 %}{% for i in range(99999) %}"
            + "{{ a.rfind('b' ~ a[1:]) }}{{ a.strip(a) }}{{ a.count('a' ~ a) }}{% endfor %}",
        "{% set l = range(100000) | list %}{% for i in range(99999) %}{{ -1 in l }}{% endfor %}",
        "{{ ([0] * 1000000) | tojson(separators=('x' * 100000, ':')) }}",
        "{{ ([0] * 1000000) | join('x' * 100000) }}",
        "{{ ''.join(['x' * 1000000] * 1000000) }}",
        "{{ ('%s' * 1000000) % (('x' * 10000,) * 1000000) }}",
        "{{ ('{0}' * 1000000).format('x' * 100000) }}",
        "{{ ([['x' * 100000]] * 1000000) | sum(start=[]) | length }}"
      })
  void isBounded(String template) {
    assertThatThrownBy(() -> render(template)).isInstanceOf(ChatTemplateException.class);
  }

  @Test
  void aDeepTemplateIsRefusedWhenParsed() {
    for (String nesting :
        List.of("(", "[", "{1:", "-", "not ", "f(", "x[", "1 if 1 else ", "x|f(", "x is f(")) {
      assertThatThrownBy(() -> render("{{ " + nesting.repeat(50_000)))
          .isInstanceOf(ChatTemplateException.class)
          .hasMessageContaining("nested deeper than");
    }
    assertThatThrownBy(() -> render("{% if 1 %}".repeat(50_000)))
        .isInstanceOf(ChatTemplateException.class)
        .hasMessageContaining("nested deeper than");
  }

  @Test
  void aLongChainOfOperatorsIsRefusedWhenEvaluated() {
    for (String chained : List.of(" + 1", ".x", "|abs", "[0]", " and 1", "()", " if 1")) {
      String template = "{{ 1" + chained.repeat(50_000) + " }}";
      assertThatThrownBy(() -> render(template)).isInstanceOf(ChatTemplateException.class);
    }
  }

  @Test
  void inputNestedWithoutEndIsRefused() {
    List<Object> cyclic = new ArrayList<>();
    cyclic.add(cyclic);
    assertThatThrownBy(() -> render("x", Map.of("cyclic", cyclic)))
        .isInstanceOf(ChatTemplateException.class)
        .hasMessageContaining("nested deeper than 200 levels");
  }

  @Test
  void collidingKeysStayFast() {
    // All have the same String.hashCode; without order among keys this would take minutes.
    Map<String, Object> colliding = new LinkedHashMap<>();
    for (int i = 0; i < 1 << 16; i++) {
      StringBuilder key = new StringBuilder();
      for (int bit = 0; bit < 16; bit++) {
        key.append((i >> bit & 1) == 0 ? "Aa" : "BB");
      }
      colliding.put(key.toString(), i);
    }
    assertThat(render("{{ d | length }}", Map.of("d", colliding))).isEqualTo("65536");
  }

  @Test
  void deepestAllowedTemplatesFitASmallStack() throws InterruptedException {
    // The deepest nesting of each kind that is not refused, on half of a common stack.
    String recursive =
        "{% macro m(n) %}{% if n %}{% for i in [1] %}{{ [[(m(n - 1) | string ~ '')]] | first }}"
            + "{% endfor %}{% endif %}{% endmacro %}{{ m(10000) }}";
    String brackets = "{{ " + "[(-[".repeat(24) + "1" + "])]".repeat(24) + " }}";
    AtomicReference<Throwable> failure = new AtomicReference<>();
    Thread thread =
        new Thread(
            null,
            () -> {
              assertThatThrownBy(() -> render(recursive))
                  .isInstanceOf(ChatTemplateException.class)
                  .hasMessageContaining("nested deeper than");
              assertThatThrownBy(() -> render(brackets)).isInstanceOf(ChatTemplateException.class);
            },
            "small stack",
            512 << 10);
    thread.setUncaughtExceptionHandler((_, e) -> failure.set(e));
    thread.start();
    thread.join();
    assertThat(failure.get()).isNull();
  }

  @Test
  void aRecursiveMacroWritesDeepInput() {
    // What templates that spell out tool arguments do.
    String template =
        """
        {%- macro write(value) -%}
          {%- if value is mapping -%}
            {%- for key, item in value | dictsort -%}
              {{- '{' ~ key ~ ':' ~ write(item) ~ '}' -}}
            {%- endfor -%}
          {%- else -%}{{- value -}}{%- endif -%}
        {%- endmacro -%}
        {{- write(value) -}}
        """;
    Object value = 1;
    for (int depth = 0; depth < 50; depth++) {
      value = Map.of("k", value);
    }
    assertThat(render(template, Map.of("value", value)))
        .isEqualTo("{k:".repeat(50) + "1" + "}".repeat(50));
  }

  @Test
  void nothingOfJavaCanBeReached() {
    Map<String, Object> variables = new HashMap<>(Map.of("s", "x", "l", List.of(1)));
    assertThat(
            render(
                "{{ s.class }}{{ s.getClass }}{{ l.size }}{{ s.__class__ }}{{ range.body }}"
                    + "{{ s['class'] }}{{ s | attr('getClass') }}{{ raise_exception.name }}",
                variables))
        .isEmpty();
  }

  @Test
  void oneTemplateServesManyThreads() throws Exception {
    JinjaTemplate template =
        JinjaTemplate.parse(
            "{% set ns = namespace(n=0) %}{% for i in range(n) %}{% set ns.n = ns.n + i %}"
                + "{% endfor %}{{ ns.n }}");
    List<Callable<String>> renderings = new ArrayList<>();
    for (int n = 0; n < 200; n++) {
      Map<String, Integer> variables = Map.of("n", n);
      renderings.add(() -> template.render(variables));
    }
    try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
      int n = 0;
      for (Future<String> rendering : threads.invokeAll(renderings)) {
        assertThat(rendering.get()).isEqualTo(Integer.toString(n * (n - 1) / 2));
        n++;
      }
    }
  }

  private static String render(String template) {
    return render(template, Map.of());
  }

  private static String render(String template, Map<String, ?> variables) {
    return JinjaTemplate.parse(template).render(variables);
  }
}
