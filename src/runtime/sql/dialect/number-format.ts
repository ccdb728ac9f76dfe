/** A format of numbers, such as `FM999,990.00`, as arguments of the macro `_to_char_number`. */

export const TO_CHAR_NUMBER = '_to_char_number';

/** A decimal as text; the parts are texts as `numberFormat` gives them. */
export const TO_CHAR_NUMBER_MACRO = `_to_char_number(value, digits, zeros, scale, kept, comma, fill, sign) as (
  select case when value is null then null
    when length(whole) > digits::integer then concat(if(fill = 'FM', '', ' '), repeat('#', digits::integer), if(scale = '0', '', '.' || repeat('#', scale::integer)))
    when fill = 'FM' then concat(before, body, behind)
    else concat(lpad(concat(before, body), (width - length(behind))::integer, ' '), behind) end
  from (
    select whole, concat(
        if(comma = '', whole, reverse(rtrim(regexp_replace(reverse(whole), '(\\d\\d\\d)', '\\1,', 'g'), ','))),
        if(scale = '0', '', '.' || fraction)) as body,
      case when sign = 'S' then if(value < 0, '-', '+') when sign <> '-' then '' when value < 0 then '-' else if(fill = 'FM', '', ' ') end as before,
      case when sign = 'MI' then if(value < 0, '-', if(fill = 'FM', '', ' ')) when sign = 'SB' then if(value < 0, '-', '+') else '' end as behind,
      1 + digits::integer + if(comma = '', 0, (digits::integer - 1) // 3) + if(scale = '0', 0, 1 + scale::integer) as width
    from (
      select lpad(if(digit_text = '0' and scale <> '0', '', digit_text),
          greatest(zeros::integer, length(if(digit_text = '0' and scale <> '0', '', digit_text)))::integer, '0') as whole,
        left(fraction_text, kept::integer) || rtrim(substr(fraction_text, kept::integer + 1), '0') as fraction
      from (select split_part(abs(value)::varchar, '.', 1) as digit_text, split_part(abs(value)::varchar, '.', 2) as fraction_text))))`;

/**
 * Digits before the point, how many of them are zeros at least, digits behind the point and how many of these are kept, whether
 * there are commas, whether blanks are left out, and where the sign stands (`-`: before the digits, `S`: always before, `MI`: behind).
 * Undefined where the format is not one of numbers.
 */
export function numberFormat(format: string): readonly string[] | undefined {
  const match = /^(FM)?(S)?([09,G]*[09])?(?:[.D]([09]+))?(MI|S)?$/i.exec(format);
  if (!match || (match[3] === undefined && match[4] === undefined)) return undefined;
  const [, fill, signBefore, whole = '', fraction = '', signBehind] = match;
  const digits = whole.replaceAll(/[,G]/gi, '');
  const firstZero = digits.indexOf('0');
  const hasCommas = /^[09]{1,3}([,G][09]{3})+$/i.test(whole);
  if (digits.length !== whole.length && !hasCommas) return undefined;
  const keptFraction = fill === undefined ? fraction.length : fraction.lastIndexOf('0') + 1;
  let sign = '-';
  if (signBefore !== undefined) sign = 'S';
  else if (signBehind !== undefined) sign = signBehind.toUpperCase() === 'MI' ? 'MI' : 'SB';
  return [
    String(digits.length),
    String(firstZero < 0 ? 0 : digits.length - firstZero),
    String(fraction.length),
    String(keptFraction),
    hasCommas ? ',' : '',
    fill === undefined ? '' : 'FM',
    sign,
  ];
}
