package dev.whit.tokenizer.jinja;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.roastedroot.quickjs4j.core.Engine;
import io.roastedroot.quickjs4j.core.Runner;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** {@code @huggingface/jinja} 0.5.11, run by QuickJS, which runs in WebAssembly. One thread. */
final class JinjaReference implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final Engine engine = Engine.builder().withStdout(out).build();
  private final Runner runner = Runner.builder().withEngine(engine).withTimeoutMs(60_000).build();

  /**
   * Loads the library.
   *
   * @param bundle its {@code dist/index.cjs}
   * @param now what the time is in it; QuickJS has no names of months, so they are given
   */
  JinjaReference(Path bundle, ZonedDateTime now) throws IOException {
    runner.compileAndExec(
        """
        globalThis.module = {exports: {}};
        %s
        globalThis.Template = module.exports.Template;
        const Clock = Date;
        globalThis.Date = class extends Clock {
          constructor(...given) {
            super(...(given.length ? given : [%d]));
          }
        };
        globalThis.Intl = {
          DateTimeFormat: class {
            constructor(locale, options) {
              this.format = () => options.month == "long" ? "%s" : "%s";
            }
          }
        };
        """
            .formatted(
                Files.readString(bundle),
                now.toInstant().toEpochMilli(),
                DateTimeFormatter.ofPattern("MMMM", Locale.ENGLISH).format(now),
                DateTimeFormatter.ofPattern("MMM", Locale.ENGLISH).format(now)));
  }

  /** A template and its variables. */
  record Job(String template, Map<String, ?> variables) {}

  /** What it makes of each: {@code text}, or {@code error} with a message. */
  JsonNode render(List<Job> jobs) throws IOException {
    out.reset();
    runner.compileAndExec(
        """
        console.log(JSON.stringify(JSON.parse(%s).map(job => {
          try {
            return {text: new Template(job.template).render(job.variables)};
          } catch (e) {
            return {error: String(e.message)};
          }
        })));
        """
            .formatted(JSON.writeValueAsString(JSON.writeValueAsString(jobs))));
    return JSON.readTree(out.toString(StandardCharsets.UTF_8));
  }

  @Override
  public void close() {
    runner.close();
  }
}
