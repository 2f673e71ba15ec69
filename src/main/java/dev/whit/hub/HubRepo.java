package dev.whit.hub;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A model repository as users name it: {@code ORG/NAME[/FILE][@REVISION]}.
 *
 * @param id {@code ORG/NAME}
 * @param file the one checkpoint that is wanted, of a repository with several
 * @param revision a branch, a tag or a commit
 */
public record HubRepo(String id, Optional<String> file, String revision) {
  private static final String MAIN = "main";
  private static final int MAX_LENGTH = 96;

  // The Hub's own rules for names; nothing of it can leave a directory.
  private static final String NAME = "[A-Za-z0-9_](?:[A-Za-z0-9._-]*[A-Za-z0-9_])?";
  private static final Pattern FORM =
      Pattern.compile(
          "(" + NAME + "/" + NAME + ")(?:/([A-Za-z0-9_][A-Za-z0-9._-]*))?(?:@([^@]+))?");
  private static final Pattern REVISION = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._/-]*");

  /**
   * Parses a name.
   *
   * @throws IllegalArgumentException saying what is accepted
   */
  public static HubRepo parse(String text) {
    Matcher form = FORM.matcher(text);
    if (!form.matches()
        || form.group(1).length() > MAX_LENGTH
        || form.group(1).contains("--")
        || form.group(1).contains("..")) {
      throw new IllegalArgumentException(text + ": expected ORG/NAME[/FILE][@REVISION]");
    }
    String revision = Optional.ofNullable(form.group(3)).orElse(MAIN);
    if (!REVISION.matcher(revision).matches() || revision.contains("..")) {
      throw new IllegalArgumentException(text + ": " + revision + " is not a revision");
    }
    return new HubRepo(form.group(1), Optional.ofNullable(form.group(2)), revision);
  }

  /** Name of its directory in the cache. */
  String directory() {
    return "models--" + id.replace("/", "--");
  }

  @Override
  public String toString() {
    return id
        + file.map(name -> "/" + name).orElse("")
        + (revision.equals(MAIN) ? "" : "@" + revision);
  }
}
