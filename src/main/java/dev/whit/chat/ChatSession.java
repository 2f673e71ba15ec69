package dev.whit.chat;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A conversation from its first message to the end of input. */
public final class ChatSession {
  private final Terminal terminal;
  private final AnswerSource source;
  private final Conversation conversation;
  private final ChatCommands commands;

  private final Object lock = new Object();
  private @Nullable Thread answering;

  /** A session at a terminal, with what answers. */
  public ChatSession(Terminal terminal, AnswerSource source, Conversation conversation) {
    this.terminal = terminal;
    this.source = source;
    this.conversation = conversation;
    this.commands = new ChatCommands(conversation);
  }

  /**
   * Holds the conversation.
   *
   * @return whether everything was done; a person can mend what was not, a pipe ends with it
   * @throws IOException if the input cannot be read
   */
  public boolean run() throws IOException {
    terminal.note("Talking to " + conversation.model() + ". /help tells more, /quit leaves.");
    for (String line = terminal.read(); line != null; line = terminal.read()) {
      if (ChatCommands.isQuit(line)) {
        return true;
      }
      if (!line.isBlank() && !take(line) && !terminal.isInteractive()) {
        return false;
      }
    }
    terminal.note("");
    return true;
  }

  private boolean take(String line) {
    if (!ChatCommands.isCommand(line)) {
      return answer(line);
    }
    try {
      terminal.note(commands.run(line));
      return true;
    } catch (ChatCommands.Refused e) {
      terminal.error(String.valueOf(e.getMessage()));
      return false;
    }
  }

  private boolean answer(String message) {
    Shown shown = new Shown();
    begin();
    try {
      Answer answer = source.ask(conversation.request(message), shown);
      end();
      shown.end();
      conversation.add(message, answer.text());
      terminal.note("[" + answer.summary() + "]");
      return true;
    } catch (InterruptedException e) {
      end();
      shown.end();
      // What was read is part of the conversation.
      if (!shown.text.isEmpty()) {
        conversation.add(message, shown.text.toString());
      }
      terminal.note("[stopped]");
      return true;
    } catch (IOException e) {
      end();
      if (shown.begun) {
        shown.end();
      }
      terminal.error(String.valueOf(e.getMessage()));
      return false;
    }
  }

  /** Stops the answer that is coming, if there is one; from any thread. */
  public void stop() {
    synchronized (lock) {
      if (answering == null) {
        terminal.interject("/quit leaves, as Ctrl-D does");
      } else {
        answering.interrupt();
      }
    }
  }

  private void begin() {
    synchronized (lock) {
      answering = Thread.currentThread();
    }
  }

  /** An interruption that comes too late must not stop what comes next. */
  private void end() {
    synchronized (lock) {
      answering = null;
      Thread.interrupted();
    }
  }

  /** Shows an answer while it comes. A pipe gets no reasoning. */
  private final class Shown implements AnswerListener {
    private final StringBuilder text = new StringBuilder();
    private boolean begun;
    private boolean thinking;

    @Override
    public void reasoning(String piece) {
      if (!terminal.isInteractive()) {
        return;
      }
      if (!thinking) {
        terminal.note("[thinks]");
        thinking = true;
      }
      begun = true;
      terminal.answer(piece);
    }

    @Override
    public void content(String piece) {
      if (thinking) {
        terminal.note("\n[answers]");
        thinking = false;
      }
      begun = true;
      text.append(piece);
      terminal.answer(piece);
    }

    private void end() {
      terminal.endAnswer();
    }
  }
}
