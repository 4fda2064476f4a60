package io.promptferry.request;

import java.util.Arrays;

/** How many tokens a character beyond ASCII takes, script by script, on the high side. */
final class ScriptWeights {

  // What the tokenizer may not know at all comes out as its bytes in UTF-8, up to three.
  private static final int UNKNOWN = 30;

  /** Where a range of characters begins, and tenths of a token for each of its characters. */
  private static final int[][] RANGES = {
    {0x0080, 20}, // control characters
    {0x00a0, 10}, // signs of Latin-1
    {0x00c0, 8}, // Latin with marks, in addition to what the word takes
    {0x0250, 14}, // phonetic signs, combining marks
    {0x0370, 5}, // Greek
    {0x0400, 12}, // Cyrillic letters that Russian has not
    {0x0410, 4}, // Russian
    {0x0450, 20},
    {0x0454, 8}, // Ukrainian
    {0x0455, 20},
    {0x0456, 8}, // Ukrainian
    {0x0458, 14}, // Serbian, Macedonian, Belarusian
    {0x0460, 22}, // Cyrillic of Central Asia and the Caucasus
    {0x0530, 8}, // Armenian
    {0x0590, 12}, // Hebrew vowels
    {0x05d0, 6}, // Hebrew
    {0x0600, 10},
    {0x0621, 5}, // Arabic
    {0x064b, 10}, // Arabic vowels and digits
    {0x0671, 9}, // other languages' Arabic letters
    {0x0700, 12}, // Syriac, Thaana
    {0x07c0, UNKNOWN},
    {0x0900, 5}, // Devanagari
    {0x0980, 7}, // Bengali
    {0x0a00, 8}, // Gurmukhi, Gujarati
    {0x0b00, 10}, // Oriya
    {0x0b80, 6}, // Tamil
    {0x0c00, 8}, // Telugu, Kannada
    {0x0d00, 7}, // Malayalam
    {0x0d80, 10}, // Sinhala
    {0x0e00, 5}, // Thai
    {0x0e80, 11}, // Lao
    {0x0f00, 8}, // Tibetan
    {0x1000, 10}, // Burmese
    {0x10a0, 9}, // Georgian
    {0x1100, 20}, // Hangul by its parts
    {0x1200, 13}, // Ethiopic
    {0x13a0, UNKNOWN},
    {0x1780, 12}, // Khmer
    {0x1800, UNKNOWN},
    {0x1e00, 8}, // Latin with several marks, as Vietnamese has
    {0x1f00, 12}, // Greek with marks
    {0x2000, 12}, // signs
    {0x2c00, UNKNOWN},
    {0x2d30, 14}, // Tifinagh
    {0x2d80, UNKNOWN},
    {0x3000, 10}, // signs of Chinese and Japanese
    {0x3040, 7}, // Japanese syllables
    {0x3100, 20},
    {0x3400, UNKNOWN}, // rare Chinese characters
    {0x4e00, 10}, // Chinese characters
    {0xa000, UNKNOWN},
    {0xac00, 10}, // Korean
    {0xd7b0, UNKNOWN},
    {0xd800, 30}, // first half of a pair
    {0xd83c, 10}, // first half of an emoji
    {0xd83f, 30},
    {0xdc00, 10}, // second half of a pair
    {0xe000, UNKNOWN},
    {0xfe00, 12}, // variation selectors
    {0xfe10, UNKNOWN},
    {0xff00, 14}, // full width
    {0xfff0, UNKNOWN},
  };

  private static final int[] STARTS = Arrays.stream(RANGES).mapToInt(range -> range[0]).toArray();

  private ScriptWeights() {}

  /**
   * Tenths of a token.
   *
   * @param c beyond ASCII; of a surrogate pair each half has a weight
   */
  static int of(char c) {
    int place = Arrays.binarySearch(STARTS, c);
    // A miss tells where the character would stand: its range begins one before.
    return RANGES[place >= 0 ? place : -place - 2][1];
  }
}
