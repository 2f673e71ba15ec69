package dev.whit.it;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.logging.Level;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.openqa.selenium.By;
import org.openqa.selenium.Dimension;
import org.openqa.selenium.Keys;
import org.openqa.selenium.NoSuchElementException;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.interactions.Actions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;
import org.openqa.selenium.support.ui.WebDriverWait;

/** Debian's Chromium without a window, driven as a person would. */
final class Browser implements AutoCloseable {
  private static final Path SCREENSHOTS = Path.of("target/screenshots");
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Pattern REQUEST =
      Pattern.compile("\"Network\\.requestWillBeSent\".*?\"request\":\\{.*?\"url\":\"([^\"]+)\"");

  private final ChromeDriver driver;
  private final Path profile;

  private Browser(ChromeDriver driver, Path profile) {
    this.driver = driver;
    this.profile = profile;
  }

  /** Starts it, or skips the tests where there is none. */
  static Browser start() {
    Optional<Path> chromium = onPath("chromium", "google-chrome", "chrome");
    Optional<Path> chromedriver = onPath("chromedriver");
    assumeTrue(
        chromium.isPresent() && chromedriver.isPresent(),
        "no chromium and chromedriver on the PATH (Debian: apt-get install chromium-driver)");
    try {
      Path profile = Files.createTempDirectory("whit-browser");
      LoggingPreferences logs = new LoggingPreferences();
      logs.enable(LogType.BROWSER, Level.ALL);
      logs.enable(LogType.PERFORMANCE, Level.ALL);
      ChromeOptions options = new ChromeOptions();
      options.setBinary(chromium.get().toFile());
      options.setCapability("goog:loggingPrefs", logs);
      options.addArguments(
          "--headless",
          "--no-sandbox",
          "--disable-gpu",
          "--disable-quic",
          "--disable-dev-shm-usage",
          "--no-first-run",
          "--hide-scrollbars",
          "--disable-background-networking",
          "--disable-component-update",
          "--disable-sync",
          "--user-data-dir=" + profile,
          "--window-size=1280,1350");
      ChromeDriverService service =
          new ChromeDriverService.Builder()
              .usingDriverExecutable(chromedriver.get().toFile())
              .build();
      return new Browser(new ChromeDriver(service, options), profile);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Optional<Path> onPath(String... names) {
    List<String> directories = List.of(System.getenv("PATH").split(":"));
    return Stream.of(names)
        .flatMap(name -> directories.stream().map(directory -> Path.of(directory, name)))
        .filter(Files::isExecutable)
        .findFirst();
  }

  void open(String url) {
    driver.get(url);
  }

  WebElement find(String selector) {
    return driver.findElement(By.cssSelector(selector));
  }

  List<WebElement> findAll(String selector) {
    return driver.findElements(By.cssSelector(selector));
  }

  /**
   * The text of an element, as it is in the document. Found and read in one step, for charts are
   * drawn anew at any time.
   */
  String text(String selector) {
    Object text =
        driver.executeScript("return document.querySelector(arguments[0])?.textContent", selector);
    if (text == null) {
      throw new NoSuchElementException(selector);
    }
    return text.toString();
  }

  /** Waits until something is so. */
  void await(Supplier<Boolean> condition) {
    new WebDriverWait(driver, PATIENCE, Duration.ofMillis(50)).until(any -> condition.get());
  }

  /** Writes over what a field has. */
  void fill(String selector, String text) {
    WebElement field = find(selector);
    field.clear();
    field.sendKeys(text);
  }

  void point(WebElement element) {
    new Actions(driver).moveToElement(element).perform();
  }

  /** Presses keys, wherever the focus is. */
  void press(CharSequence... keys) {
    new Actions(driver).sendKeys(keys).perform();
  }

  /** Presses a key while another one is held. */
  void pressHolding(Keys held, Keys key) {
    new Actions(driver).keyDown(held).sendKeys(key).keyUp(held).perform();
  }

  WebElement focused() {
    return driver.switchTo().activeElement();
  }

  /** The value of an expression. */
  Object evaluate(String expression) {
    return driver.executeScript("return " + expression);
  }

  /** What a script passes to its last argument, {@code done}. */
  Object evaluateLater(String script) {
    return driver.executeAsyncScript("const done = arguments[0];" + script);
  }

  void prefer(String colorScheme) {
    driver.executeCdpCommand(
        "Emulation.setEmulatedMedia",
        Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", colorScheme))));
  }

  /** Pretends to be a screen of a width and a height, which windows cannot always have. */
  void resize(int width, int height) {
    driver.manage().window().setSize(new Dimension(width, height));
    driver.executeCdpCommand(
        "Emulation.setDeviceMetricsOverride",
        Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", false));
  }

  /** Keeps the whole page as a picture that CI can show. */
  void screenshot(String name) {
    Map<String, Object> taken =
        driver.executeCdpCommand("Page.captureScreenshot", Map.of("captureBeyondViewport", true));
    try {
      Files.createDirectories(SCREENSHOTS);
      Files.write(
          SCREENSHOTS.resolve(name + ".png"),
          Base64.getDecoder().decode(String.valueOf(taken.get("data"))));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * What the console has complained about since the last call, but that a reply has an error's
   * status: the page shows that itself.
   */
  List<String> complaints() {
    return driver.manage().logs().get(LogType.BROWSER).getAll().stream()
        .map(LogEntry::getMessage)
        .filter(message -> !message.contains("the server responded with a status of"))
        .toList();
  }

  /** Where requests have gone to since the last call. */
  List<URI> requests() {
    return driver.manage().logs().get(LogType.PERFORMANCE).getAll().stream()
        .map(entry -> REQUEST.matcher(entry.getMessage()))
        .filter(Matcher::find)
        .map(matcher -> URI.create(matcher.group(1)))
        .toList();
  }

  @Override
  public void close() {
    driver.quit();
    try (Stream<Path> files = Files.walk(profile)) {
      files.sorted((a, b) -> b.compareTo(a)).forEach(file -> file.toFile().delete());
    } catch (IOException | UncheckedIOException e) {
      // The browser may still be leaving; the directory is a temporary one.
    }
  }
}
