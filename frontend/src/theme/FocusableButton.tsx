/** Buttons that keep the focus while they cannot be pressed: HTML's own `disabled` would take it from whoever tabs. */
import { ActionIcon, Button, Menu, type ActionIconProps, type ButtonProps, type ElementProps, type MenuItemProps } from "@mantine/core";
import type { MouseEventHandler } from "react";

interface Pressed {
  disabled: boolean;
  onClick?: MouseEventHandler<HTMLButtonElement> | undefined;
}

const stay: MouseEventHandler = (event) => { event.preventDefault(); };

/** What says to styles and to screen readers that a button rests; a form is not sent by it either. */
const pressing = ({ disabled, onClick }: Pressed) => ({
  "aria-disabled": disabled, "data-disabled": disabled, onClick: disabled ? stay : onClick,
});

export function FocusableButton({ disabled, onClick, ...rest }: Pressed & Omit<ButtonProps, "disabled"> & ElementProps<"button", keyof ButtonProps | "onClick">) {
  return <Button {...rest} {...pressing({ disabled, onClick })} />;
}

export function FocusableIcon({ disabled, onClick, ...rest }: Pressed & Omit<ActionIconProps, "disabled"> & ElementProps<"button", keyof ActionIconProps | "onClick">) {
  return <ActionIcon {...rest} {...pressing({ disabled, onClick })} />;
}

export function FocusableItem({ disabled, onClick, ...rest }: Pressed & Omit<MenuItemProps, "disabled">) {
  return <Menu.Item {...rest} data-disabled={disabled} onClick={disabled ? stay : onClick} />;
}
