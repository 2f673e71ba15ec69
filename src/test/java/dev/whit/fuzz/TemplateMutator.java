package dev.whit.fuzz;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;

/** Puts pieces of template into a template that run long, grow, nest, or end too early. */
final class TemplateMutator implements Mutator {
  private static final List<String> PIECES =
      List.of(
          "{% for a in range(999999999) %}{% endfor %}",
          "{% for a in range(9999) %}{% for b in range(9999) %}{% for c in range(9999) %}x{% endfor %}{% endfor %}{% endfor %}",
          "{{ 'x' * 999999999 }}",
          "{{ ('x' * 9999) * 9999 * 9999 }}",
          "{{ [0] * 999999999 }}",
          "{{ range(999999999) | list | length }}",
          "{{ 9 ** 9 ** 9 ** 9 }}",
          "{{ 2 ** 99999999 }}",
          "{{ 1 / 0 }}{{ 1 // 0 }}{{ 1 % 0 }}",
          "{{ '%999999999d' % 1 }}",
          "{{ '%s' * 9999 % 1 }}",
          "{{ '{:>999999999}'.format(1) }}",
          "{{ 'x' | center(999999999) }}",
          "{{ 'a\\nb' | indent(999999999) }}",
          "{{ messages | tojson(indent=999999999) }}",
          "{{ 'x'.replace('', 'y' * 99999) }}",
          "{{ 'x'.join(range(9999999)) }}",
          "{% macro f(x) %}{{ f(x) }}{% endmacro %}{{ f(1) }}",
          "{% macro f(x) %}{{ f(x) ~ f(x) }}{% endmacro %}{{ f(1) }}",
          "{% set ns = namespace(x=[]) %}{% set ns.x = [ns] %}{{ ns }}{{ ns.x | tojson }}",
          "{% set ns = namespace(s='x') %}{% for i in range(99) %}{% set ns.s = ns.s ~ ns.s %}{% endfor %}{{ ns.s }}",
          "{% set a = [1] %}{% set _ = a.append(a) %}{{ a }}{{ a == a }}{{ a | tojson }}",
          "{% set d = {} %}{% set _ = d.update({'d': d}) %}{{ d }}",
          "{% set a = [1] %}{% for x in a %}{% set _ = a.append(x) %}{% endfor %}",
          "{{ " + "(".repeat(5000) + "1" + ")".repeat(5000) + " }}",
          "{{ " + "[".repeat(5000) + "]".repeat(5000) + " }}",
          "{{ " + "-".repeat(20000) + "1 }}",
          "{{ " + "not ".repeat(20000) + "1 }}",
          "{{ 1" + " + 1".repeat(20000) + " }}",
          "{{ 1" + " if 1 else 1".repeat(5000) + " }}",
          "{{ x" + ".y".repeat(20000) + " }}",
          "{{ x" + "|trim".repeat(20000) + " }}",
          "{{ 'x'" + " ~ 'x'".repeat(20000) + " }}",
          "{% if 1 %}".repeat(5000),
          "{% if 1 %}".repeat(3000) + "{% endif %}".repeat(3000),
          "{% if 0 %}" + "{% elif 0 %}".repeat(20000) + "{% endif %}",
          "{{ '" + "\\x".repeat(1000) + "' }}",
          "{{ 99999999999999999999999999999999 }}",
          "{{ " + "9".repeat(100000) + " * " + "9".repeat(100000) + " }}",
          "{{ 'abc'[::-1][99999999999999999999:] }}",
          "{{ range(1, 9, 0) | list }}",
          "{{ messages[-99999999999] }}{{ messages['x']['y'] }}",
          "{{ ''.__class__.__mro__ }}",
          "{{ self }}{{ cycler }}{{ joiner }}{{ lipsum(999999) }}",
          "{% include '/etc/passwd' %}",
          "{% import 'os' as os %}",
          "{{ raise_exception('no' * 99999999) }}",
          "{{ strftime_now('%9999999Y') }}",
          "{% raw %}",
          "{%",
          "{{",
          "{#",
          "-%}",
          "{% endfor %}",
          "{% break %}",
          "{% generation %}",
          "{% filter upper %}",
          "{% call f() %}",
          "{% set x %}");

  @Override
  public byte[] mutate(byte[] original, Random random) {
    String text = new String(original, StandardCharsets.UTF_8);
    int at = text.isEmpty() ? 0 : random.nextInt(text.length());
    // Between two statements a piece runs; anywhere else it is mostly a syntax error.
    int border = text.indexOf("{%", at);
    int cut = border < 0 || random.nextInt(4) == 0 ? at : border;
    String piece = PIECES.get(random.nextInt(PIECES.size()));
    return (text.substring(0, cut) + piece + text.substring(cut)).getBytes(StandardCharsets.UTF_8);
  }
}
