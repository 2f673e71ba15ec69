package dev.whit.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;

/** The reports of commands as JSON: with names_like_this, to be read by people too. */
final class ReportJson {
  private static final ObjectWriter WRITER =
      JsonMapper.builder()
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .build()
          .writerWithDefaultPrettyPrinter();

  private ReportJson() {}

  static String of(Object report) throws JsonProcessingException {
    return WRITER.writeValueAsString(report);
  }
}
