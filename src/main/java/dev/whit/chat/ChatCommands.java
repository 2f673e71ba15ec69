package dev.whit.chat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.stream.Collectors;

/** What lines that begin with a slash do to a conversation. */
final class ChatCommands {
  static final String HELP =
      """
      /system TEXT         tell the model TEXT first; without TEXT, nothing
      /params NAME=JSON …  set fields of requests (temperature=0.5, stop=["."]); NAME= unsets one; alone, show them
      /reset               forget what has been said
      /save FILE           write the conversation as the body of a request
      /help                this
      /quit                leave, as the end of input does
      A line that ends with \\ goes on in the next. Ctrl-C stops an answer.\
      """;

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Conversation conversation;

  /** A command cannot be done. */
  static final class Refused extends Exception {
    private static final long serialVersionUID = 1L;

    Refused(String message) {
      super(message);
    }
  }

  ChatCommands(Conversation conversation) {
    this.conversation = conversation;
  }

  static boolean isCommand(String line) {
    return line.startsWith("/");
  }

  static boolean isQuit(String line) {
    return line.strip().equals("/quit") || line.strip().equals("/exit");
  }

  /**
   * Does a command other than that to leave.
   *
   * @return what to tell the user
   * @throws Refused if there is no such command, or it is used wrongly
   */
  String run(String line) throws Refused {
    String[] words = line.strip().split("\\s+", 2);
    String argument = words.length < 2 ? "" : words[1];
    return switch (words[0]) {
      case "/help", "/?" -> HELP;
      case "/system" -> system(argument);
      case "/params" -> params(argument);
      case "/reset" -> {
        conversation.reset();
        yield "forgotten";
      }
      case "/save" -> save(argument);
      default -> throw new Refused("there is no " + words[0] + ", see /help");
    };
  }

  private String system(String text) {
    conversation.system(text);
    return text.isEmpty() ? "no system message" : "the system message is set";
  }

  /** Values may have blanks: a field begins at a blank that a name and an equals sign follow. */
  private String params(String text) throws Refused {
    for (String field : text.isEmpty() ? new String[0] : text.split("\\s+(?=\\w+=)")) {
      int equals = field.indexOf('=');
      if (equals < 1) {
        throw new Refused("expected NAME=JSON, not " + field);
      }
      set(field.substring(0, equals), field.substring(equals + 1));
    }
    return conversation.fields().isEmpty()
        ? "the server's defaults"
        : conversation.fields().entrySet().stream()
            .map(field -> field.getKey() + "=" + field.getValue())
            .sorted()
            .collect(Collectors.joining(" "));
  }

  private void set(String name, String value) throws Refused {
    if (value.isEmpty()) {
      conversation.withoutField(name);
      return;
    }
    try {
      conversation.field(name, JSON.readTree(value));
    } catch (JsonProcessingException e) {
      throw new Refused("%s is not JSON: %s (texts have quotes)".formatted(name, value));
    }
  }

  private String save(String file) throws Refused {
    if (file.isEmpty()) {
      throw new Refused("/save needs the name of a file");
    }
    try {
      String json = conversation.history().toPrettyString() + "\n";
      Files.write(
          Path.of(file), json.getBytes(StandardCharsets.UTF_8), StandardOpenOption.CREATE_NEW);
      return "saved to " + file;
    } catch (FileAlreadyExistsException e) {
      throw new Refused(file + " is there already");
    } catch (IOException | InvalidPathException e) {
      throw new Refused("cannot write " + file + ": " + e);
    }
  }
}
